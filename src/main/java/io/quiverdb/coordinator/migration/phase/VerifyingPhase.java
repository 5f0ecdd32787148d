// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.shard.ShardException;

/** Compares and repairs the copies, round by round, until a round repairs nothing. */
final class VerifyingPhase implements PhaseWork {
  private final PointOperations points;
  private final IndexBuildTrigger indexes;

  VerifyingPhase(PointOperations points, IndexBuildTrigger indexes) {
    this.points = points;
    this.indexes = indexes;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    IndexBuilds.whileCopying(context, indexes, () -> verify(context));
  }

  /**
   * A router that fell back to an older map has written to the donors alone. The rounds wait for
   * such requests, so they begin when every router has confirmed the newest map.
   */
  private void verify(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    new RoutersBarrier(context).awaitConfirmed();
    points.verify(context, new CollectionSchemas(context).awaitAgreement());
  }

  @Override
  public boolean keepsSearchesOpen() {
    return true;
  }

  @Override
  public boolean verifiesCopies() {
    return true;
  }
}
