// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Who leads, as far as this node knows. Thread-safe. */
public interface Leadership {
  /** What this node is in the ensemble. */
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
   * A moment's view.
   *
   * @param role this node's
   * @param ready as leader: has applied everything of earlier terms, so that it may act
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
   * Calls {@code watcher} after every change of {@link View#leads()} or of the leader; enqueue
   * only.
   */
  StateView.Subscription subscribe(Consumer<View> watcher);

  /**
   * Hands leadership over; for the leader only.
   *
   * @param to the member that shall lead; empty: the one that has caught up furthest
   * @return completes with the new leader's id, or exceptionally with {@link
   *     TransferFailedException}
   */
  CompletableFuture<String> transfer(Optional<String> to, Duration limit);

  /** The hand-over did not happen; the message says why and what to do. */
  final class TransferFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What happened, for the operator. */
    public TransferFailedException(String message) {
      super(message);
    }
  }
}
