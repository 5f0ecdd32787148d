// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import java.util.concurrent.CompletableFuture;

/**
 * Checks shards and routers before a migration is started (docs/migration.md), and prepares the
 * start. Asked on the leader only. Thread-safe; it adds nothing to the log.
 */
public interface MigrationChecks {
  /**
   * Checks whether what an operator asks for can be done.
   *
   * @param dryRun leave out what would write; measure how long it would take
   * @return completes exceptionally if this member cannot tell now: then nothing is started
   */
  CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun);

  /**
   * Prepares this leader for a start whose checks have passed.
   *
   * @return completes when no request of an earlier leader can take effect any more; exceptionally
   *     if this member does not lead
   */
  CompletableFuture<Void> prepare();
}
