// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.shard.ShardException;

/**
 * The work of one phase. Doing it twice does no harm: a failed attempt is repeated, and a new
 * leader begins it again. Not thread-safe.
 */
public interface PhaseWork {
  /**
   * Does the work and returns when it is done.
   *
   * @throws ShardException if a shard did not do its part: repeat the work later
   * @throws StepException if the work cannot be done now, or an earlier phase has to come first
   */
  void run(MigrationContext context) throws ShardException, StepException, InterruptedException;

  /** Whether searches that an earlier phase opened to trigger index builds stay open. */
  default boolean keepsSearchesOpen() {
    return false;
  }

  /** Whether this work proves that the copies are equal, while all routers write to both sides. */
  default boolean verifiesCopies() {
    return false;
  }

  /** Whether this work relies on copies that the same executor has verified. */
  default boolean reliesOnVerifiedCopies() {
    return false;
  }

  /** Whether shards that serve clients build indexes during this work. */
  default boolean buildsOnServingShards(MigrationPlan plan) {
    return false;
  }
}
