// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.ChangedPoints;
import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.step.Action;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.StepAction;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/** Has shards build indexes in the background while a phase works on points. */
final class IndexBuilds {
  private IndexBuilds() {}

  /**
   * On the joining shard, where an index may be built as soon as its collection is copied. A drain
   * has no such shard.
   */
  static void whileCopying(MigrationContext context, IndexBuildTrigger indexes, StepAction work)
      throws ShardException, StepException, InterruptedException {
    if (!context.grows()) {
      work.run();
      return;
    }
    List<String> target = MigrationShards.urls(MigrationShards.of(context).targets());
    during(
        context, () -> indexes.pollLoaded(context, target, ChangedPoints.byCopies(context)), work);
  }

  /** On the donors of a grow. The shard that a drain removes needs no index any more. */
  static void whileDropping(
      MigrationContext context, IndexBuildTrigger indexes, List<String> donors, StepAction work)
      throws ShardException, StepException, InterruptedException {
    if (!context.grows()) {
      work.run();
      return;
    }
    during(context, () -> indexes.poll(context, donors, ChangedPoints.onDonors(context)), work);
  }

  private static void during(
      MigrationContext context, Action<RuntimeException> poll, StepAction work)
      throws ShardException, StepException, InterruptedException {
    StepTask polling =
        StepTask.start(
            context.tasks(), context.time(), "index-minder", IndexBuildTrigger.INTERVAL, poll);
    try {
      work.run();
    } finally {
      polling.end();
    }
  }
}
