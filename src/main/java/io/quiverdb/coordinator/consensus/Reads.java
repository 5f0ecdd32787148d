// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Linearizable reads, which prove the age of a state. Thread-safe. */
public interface Reads {
  /**
   * A linearizable read: the returned state holds every change acknowledged before this call.
   *
   * @return completes exceptionally with {@link ReadUnavailableException} if no leader confirmed it
   *     in time (3 s by default)
   */
  CompletableFuture<AppliedState> linearizable();

  /**
   * How long ago the last successful linearizable read of this member was <em>sent</em>: everything
   * acknowledged before that is in {@link StateView#current()}. Empty before the first one. A
   * volatile read, no lock.
   */
  Optional<Duration> staleness();
}
