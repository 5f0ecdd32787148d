package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.Step.Work;
import io.quiverdb.coordinator.migration.index.ChangedPoints;
import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.index.IndexReadiness;
import io.quiverdb.coordinator.migration.index.StaleIndexWait;
import io.quiverdb.coordinator.migration.phase.FinalCheck;
import io.quiverdb.coordinator.migration.phase.InheritedPreflight;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.migration.step.VerificationOwed;
import io.quiverdb.coordinator.migration.wait.FlipGate;
import io.quiverdb.coordinator.migration.wait.OutdatedRouterGuard;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/** What each kind of work is, in a straight line. For one thread. */
final class Steps {
  /** So many passes of a drop may find points: the first one, and some for requests under way. */
  private static final int PASSES = 5;

  private final PointOperations data;
  private final IndexBuildTrigger indexes;

  Steps(PointOperations data, IndexBuildTrigger indexes) {
    this.data = data;
    this.indexes = indexes;
  }

  private interface Body {
    void run() throws ShardException, StepFailed, CollectionChanged, InterruptedException;
  }

  /**
   * Does it; returns when it is done.
   *
   * @throws ShardException if a shard did not do its part: to be tried again
   * @throws CollectionChanged likewise
   * @throws StepFailed if it cannot be done as things are
   * @throws VerificationOwed if the copies have to be verified once more before it
   */
  void perform(Work work, MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, VerificationOwed, InterruptedException {
    switch (work) {
      case CHECK_AGAIN -> {
        new InheritedPreflight(context).await();
        if (grows(context)) {
          new CollectionSchemas(context).createAll();
        }
      }
      case CREATE_COLLECTIONS -> new CollectionSchemas(context).createAll();
      case ADOPT -> {
        adopt(context);
        var unused = new CollectionSchemas(context).settle();
      }
      case COPY -> {
        List<ShardCollection> agreed = new CollectionSchemas(context).settle();
        building(context, () -> data.copy(context, agreed));
      }
      case VERIFY -> building(context, () -> verify(context));
      case WARM -> warm(context);
      case SETTLE -> settle(context);
      case DROP -> drop(context);
      case COOL -> new StaleIndexWait(context, indexes).await();
      case REVERT -> revert(context);
    }
  }

  private void adopt(MigrationContext context) throws InterruptedException {
    StepTask probePageSizes =
        StepTask.once(context.tasks(), "survey", () -> data.probePageSizes(context));
    try {
      new RoutersBarrier(context).await();
    } finally {
      probePageSizes.end();
    }
  }

  /** A router that fell back wrote to the donors alone; a verification waits for such requests. */
  private void verify(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(context).awaitConfirmed();
    data.verify(context, new CollectionSchemas(context).settle());
  }

  /** The last checks come after all waiting, and change nothing. */
  private void warm(MigrationContext context)
      throws ShardException, StepFailed, VerificationOwed, InterruptedException {
    new IndexReadiness(context, indexes).await();
    FlipGate.await(context);
    new FinalCheck(context).await();
  }

  private void settle(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(context).await();
    if (grows(context) && !copiesAreKept(context)) {
      var unused = new CollectionSchemas(context).settle();
    }
  }

  private void drop(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (copiesAreKept(context)) {
      return;
    }
    List<String> donors = MigrationShards.urls(MigrationShards.of(context).donors());
    Body passes = () -> passes(context);
    OutdatedRouterGuard late = new OutdatedRouterGuard(context);
    if (grows(context)) {
      late.run(
          () ->
              minding(
                  context,
                  () -> indexes.poll(context, donors, ChangedPoints.onDonors(context)),
                  passes));
    } else {
      late.run(passes::run);
    }
  }

  /** Nobody writes to the donors any more: what goes on to come back needs somebody to look. */
  private void passes(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    OperatorQuestion operator = new OperatorQuestion(context.control());
    for (int passes = 1; !pass(context); passes++) {
      context.control().check();
      if (passes % PASSES == 0) {
        operator.ask(
            "late_writes",
            PASSES
                + " passes over "
                + String.join(", ", MigrationShards.urls(MigrationShards.of(context).donors()))
                + " have each met points that were deleted there, or are new: a router that is not"
                + " registered works with an older map, or somebody writes to the shard itself;"
                + " find it, then retry",
            List.of());
      }
    }
  }

  /** After the flip of a drain the survivors' collections are the clients' alone. */
  private boolean pass(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (grows(context)) {
      return data.drop(context, new CollectionSchemas(context).settle());
    }
    return skipsTheMover(context)
        || data.drop(
            context, context.shards().collections(context.control().migration().plan().url()));
  }

  private void revert(MigrationContext context)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(context).await();
    if (copiesAreKept(context) || (grows(context) && skipsTheMover(context))) {
      return;
    }
    data.wipe(context);
    if (grows(context)) {
      new CollectionSchemas(context).dropCreated();
    }
  }

  /** An index on the joining shard may be built as soon as its collection is copied. */
  private void building(MigrationContext context, Body body)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (!grows(context)) {
      body.run();
      return;
    }
    List<String> target = MigrationShards.urls(MigrationShards.of(context).targets());
    minding(
        context, () -> indexes.pollLoaded(context, target, ChangedPoints.byCopies(context)), body);
  }

  private static void minding(MigrationContext context, StepTask.Round round, Body body)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    StepTask minding =
        StepTask.start(
            context.tasks(), context.time(), "index-minder", IndexBuildTrigger.INTERVAL, round);
    try {
      body.run();
    } finally {
      minding.end();
    }
  }

  /** Whoever holds the truth is dead: the copies may be the only ones. */
  private static boolean copiesAreKept(MigrationContext context) {
    return context.control().migration().keepCopies();
  }

  private static boolean skipsTheMover(MigrationContext context) {
    Migration migration = context.control().migration();
    return migration.skipped().contains(migration.plan().shardId());
  }

  private static boolean grows(MigrationContext context) {
    return context.control().migration().plan().kind() == MigrationKind.GROW;
  }
}
