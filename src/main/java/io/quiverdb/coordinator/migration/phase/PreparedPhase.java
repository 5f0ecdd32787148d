// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.shard.ShardException;

/**
 * Creates the donors' collections on the joining shard, before any router knows it. If an earlier
 * leader has planned the migration, its checks are repeated first.
 */
final class PreparedPhase implements PhaseWork {
  private final boolean inherited;

  PreparedPhase(boolean inherited) {
    this.inherited = inherited;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    if (inherited) {
      new InheritedPreflight(context).await();
    }
    if (context.grows()) {
      new CollectionSchemas(context).createAll();
    }
  }
}
