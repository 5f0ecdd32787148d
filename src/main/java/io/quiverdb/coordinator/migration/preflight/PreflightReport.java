// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.model.MigrationPlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The results of the checks before a migration.
 *
 * @param checks in the order in which they were made
 * @param transfers what is expected to move; empty if the shards did not say what they hold
 * @param estimatedSeconds how long it is expected to take, to the last step; empty if that is not
 *     known
 * @param plan what to start; empty if a check failed, and for a dry run
 */
public record PreflightReport(
    List<Check> checks,
    PlannedTransfers transfers,
    OptionalLong estimatedSeconds,
    Optional<MigrationPlan> plan) {
  /** Copies the list. */
  public PreflightReport {
    checks = List.copyOf(checks);
  }

  /** Whether no check failed. */
  public boolean accepted() {
    return firstFailed().isEmpty();
  }

  /** The first check that failed. */
  public Optional<Check> firstFailed() {
    return checks.stream().filter(Check::failed).findFirst();
  }
}
