// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The leadership as far as this member knows it. Thread-safe. */
public interface Leadership {
  /** The role of this member in the ensemble. */
  enum Role {
    /** Orders the log. */
    LEADER,
    /** Follows a leader. */
    FOLLOWER,
    /** Asks for votes. */
    CANDIDATE,
    /** Holds no data yet and waits for the leader to add it again; it does not vote. */
    REJOINING
  }

  /**
   * A snapshot of the leadership.
   *
   * @param role the role of this member
   * @param ready whether this leader has applied all entries of earlier terms, so that it may act
   * @param term the current term
   * @param leaderId the leader's member id, if one is known
   * @param commitIndex the highest log index known to be committed; -1 if none
   */
  record View(Role role, boolean ready, long term, Optional<String> leaderId, long commitIndex) {
    /** Leader and ready: the only state in which leader-only work may run. */
    public boolean leads() {
      return role == Role.LEADER && ready;
    }
  }

  /** The current view; cheap. */
  View current();

  /**
   * Calls {@code watcher} after every change of {@link View#leads()} or of the leader. The watcher
   * must not block.
   */
  StateView.Subscription subscribe(Consumer<View> watcher);

  /**
   * Hands leadership over. Only the leader can.
   *
   * @param to the member to lead next; empty: the follower with the longest log
   * @return completes with the new leader's id, or exceptionally with {@link
   *     TransferFailedException}
   */
  CompletableFuture<String> transfer(Optional<String> to, Duration limit);

  /** The hand-over failed; the message says why and what to do. */
  final class TransferFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failed hand-over, with a message for the operator. */
    public TransferFailedException(String message) {
      super(message);
    }
  }
}
