// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.migration.preflight.ShardUrlRequest;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Checks shards and routers before a migration is started (docs/migration.md) or a shard is given
 * another address (docs/rest.md), and prepares the start. Used on the leader only. Logs nothing.
 * Thread-safe.
 */
public interface MigrationChecks {
  /**
   * Checks whether a requested migration is possible.
   *
   * @param dryRun whether to leave out checks that write, and to estimate the duration
   * @return completes exceptionally if this member cannot check now: then nothing is started
   */
  CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun);

  /**
   * Checks what a plan would do; starts nothing.
   *
   * @param pointsPerSecond how fast each step may copy; 0: unlimited
   * @return one report for each step that could be examined
   */
  CompletableFuture<List<PreflightReport>> checkPlan(List<PlanStep> steps, long pointsPerSecond);

  /**
   * Prepares this leader for a start whose checks have passed.
   *
   * @return completes when no request of an earlier leader can take effect any more; exceptionally
   *     if this member does not lead
   */
  CompletableFuture<Void> prepare();

  /**
   * Checks whether a shard is where an operator says. Nothing of it writes.
   *
   * @return in the order in which they were made; completes exceptionally if this member cannot
   *     tell now
   */
  CompletableFuture<List<Check>> check(ShardUrlRequest request);
}
