// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.index.IndexReadiness;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.FlipGate;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.shard.ShardException;

/**
 * Waits until searches find what was copied, gathers the routers for the flip, and makes the final
 * check. That check comes after all waiting, and changes nothing.
 */
final class WarmingPhase implements PhaseWork {
  private final IndexBuildTrigger indexes;

  WarmingPhase(IndexBuildTrigger indexes) {
    this.indexes = indexes;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    new IndexReadiness(context, indexes).await();
    FlipGate.await(context);
    new FinalCheck(context).await();
  }

  @Override
  public boolean keepsSearchesOpen() {
    return true;
  }

  @Override
  public boolean reliesOnVerifiedCopies() {
    return true;
  }

  /** A joining shard serves nobody yet; the other shards of a drain do. */
  @Override
  public boolean buildsOnServingShards(MigrationPlan plan) {
    return !plan.grows();
  }
}
