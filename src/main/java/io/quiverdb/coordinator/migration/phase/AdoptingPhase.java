// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.shard.ShardException;

/**
 * Waits until every router works with the map in which the shard joins or leaves. The sizes of
 * pages are probed meanwhile.
 */
final class AdoptingPhase implements PhaseWork {
  private final PointOperations points;

  AdoptingPhase(PointOperations points) {
    this.points = points;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    StepTask probe = StepTask.once(context.tasks(), "survey", () -> points.probePageSizes(context));
    try {
      new RoutersBarrier(context).await();
    } finally {
      probe.end();
    }
    var unused = new CollectionSchemas(context).awaitAgreement();
  }
}
