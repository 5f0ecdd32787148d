// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.ShardMap;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The state as this member has applied it. Thread-safe. */
public interface StateView {
  /** The newest applied state: a volatile read, no lock. May lag behind the leader's. */
  AppliedState current();

  /**
   * The map at a version, if it is among the last {@value #RECENT_MAPS} that this member applied.
   */
  Optional<ShardMap> mapAt(long version);

  /** How many maps {@link #mapAt} keeps. */
  int RECENT_MAPS = 64;

  /**
   * Waits until this member has applied an index.
   *
   * @return completes with the state then; exceptionally with {@link
   *     java.util.concurrent.TimeoutException} after {@code limit}
   */
  CompletableFuture<AppliedState> awaitIndex(long index, Duration limit);

  /**
   * Calls {@code watcher} after every applied entry that changed the state, in order, until closed.
   * It runs on the thread that applies the log, so it must not block.
   */
  Subscription subscribe(Consumer<AppliedState> watcher);

  /** Ends a subscription; idempotent. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
