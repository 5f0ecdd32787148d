// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/** Copies points for the first time, from where the log says that the copy was. */
final class CopyingPhase implements PhaseWork {
  private final PointOperations points;
  private final IndexBuildTrigger indexes;

  CopyingPhase(PointOperations points, IndexBuildTrigger indexes) {
    this.points = points;
    this.indexes = indexes;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    List<ShardCollection> agreed = new CollectionSchemas(context).awaitAgreement();
    IndexBuilds.whileCopying(context, indexes, () -> points.copy(context, agreed));
  }

  @Override
  public boolean keepsSearchesOpen() {
    return true;
  }
}
