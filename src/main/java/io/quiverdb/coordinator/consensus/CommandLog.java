// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.command.Proposal;
import java.util.concurrent.CompletableFuture;

/** Submits commands to the replicated log through this member. Thread-safe. */
public interface CommandLog {
  /**
   * Submits a command to this member, which accepts it only as leader.
   *
   * @return completes within the request time-out (2 s by default), never exceptionally, with one
   *     of the {@link Submission}s. It completes on a thread of the log: do not block in a
   *     dependent action.
   */
  CompletableFuture<Submission> submit(Proposal proposal);
}
