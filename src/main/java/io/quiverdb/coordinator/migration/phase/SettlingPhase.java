// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.shard.ShardException;

/** Waits until every router works with the map of the flip. */
final class SettlingPhase implements PhaseWork {
  private final ConfirmedRouters confirmed;

  SettlingPhase(ConfirmedRouters confirmed) {
    this.confirmed = confirmed;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    RoutersBarrier barrier = new RoutersBarrier(context);
    barrier.await();
    confirmed.are(barrier.confirmed());
    if (context.grows() && !context.migration().keepCopies()) {
      var unused = new CollectionSchemas(context).awaitAgreement();
    }
  }
}
