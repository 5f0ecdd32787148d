// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.index.StaleIndexWait;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.MigrationPlan;

/** Waits until searches on the donors no longer find what was dropped. */
final class CoolingPhase implements PhaseWork {
  private final IndexBuildTrigger indexes;

  CoolingPhase(IndexBuildTrigger indexes) {
    this.indexes = indexes;
  }

  @Override
  public void run(MigrationContext context) throws InterruptedException {
    new StaleIndexWait(context, indexes).await();
  }

  @Override
  public boolean keepsSearchesOpen() {
    return true;
  }

  @Override
  public boolean buildsOnServingShards(MigrationPlan plan) {
    return true;
  }
}
