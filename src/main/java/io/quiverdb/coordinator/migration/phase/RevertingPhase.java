// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.shard.ShardException;

/** Waits until no router writes copies any more, then deletes the copies. */
final class RevertingPhase implements PhaseWork {
  private final PointOperations points;

  RevertingPhase(PointOperations points) {
    this.points = points;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    new RoutersBarrier(context).await();
    // Kept copies may be the only ones: the shard that owns the points is dead.
    if (context.migration().keepCopies()
        || (context.grows() && context.skips(context.plan().shardId()))) {
      return;
    }
    points.wipe(context);
    if (context.grows()) {
      new CollectionSchemas(context).dropCreated();
    }
  }
}
