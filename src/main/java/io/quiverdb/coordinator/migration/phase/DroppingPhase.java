// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.OutdatedRouterGuard;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/** Deletes on the donors, pass by pass, what other shards own since the flip. */
final class DroppingPhase implements PhaseWork {
  /** The operator is asked after this many passes that found points, and again after as many. */
  private static final int PASSES_UNASKED = 5;

  private final PointOperations points;
  private final IndexBuildTrigger indexes;
  private final ConfirmedRouters confirmed;

  DroppingPhase(PointOperations points, IndexBuildTrigger indexes, ConfirmedRouters confirmed) {
    this.points = points;
    this.indexes = indexes;
    this.confirmed = confirmed;
  }

  @Override
  public void run(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    // The copies may be the only ones: the shard that owns the points is dead.
    if (context.migration().keepCopies()) {
      return;
    }
    List<String> donors = MigrationShards.urls(MigrationShards.of(context).donors());
    new OutdatedRouterGuard(context, confirmed.of(context), false)
        .run(() -> IndexBuilds.whileDropping(context, indexes, donors, () -> passes(context)));
  }

  /** No router writes to the donors any more: if points keep coming, the operator has to look. */
  private void passes(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    OperatorQuestion operator = new OperatorQuestion(context.control());
    for (int passes = 1; !pass(context); passes++) {
      context.control().check();
      if (passes % PASSES_UNASKED == 0) {
        operator.ask(
            "late_writes",
            PASSES_UNASKED
                + " passes over "
                + String.join(", ", MigrationShards.urls(MigrationShards.of(context).donors()))
                + " have each met points that were deleted there, or are new: a router that"
                + " is not registered works with an older map, or a client writes to the"
                + " shard directly; find it, then retry",
            List.of());
      }
    }
  }

  /** After the flip of a drain the collections of the other shards are the clients' alone. */
  private boolean pass(MigrationContext context)
      throws ShardException, StepException, InterruptedException {
    if (context.grows()) {
      return points.drop(context, new CollectionSchemas(context).awaitAgreement());
    }
    MigrationPlan plan = context.plan();
    return context.skips(plan.shardId())
        || points.drop(context, context.shards().collections(plan.url()));
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
