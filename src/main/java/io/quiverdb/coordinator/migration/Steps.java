package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.Step.Work;
import io.quiverdb.coordinator.migration.index.Changed;
import io.quiverdb.coordinator.migration.index.Cooling;
import io.quiverdb.coordinator.migration.index.IndexMinder;
import io.quiverdb.coordinator.migration.index.Warming;
import io.quiverdb.coordinator.migration.phase.LastLook;
import io.quiverdb.coordinator.migration.phase.Rechecks;
import io.quiverdb.coordinator.migration.points.DataSteps;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.Beside;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.Operator;
import io.quiverdb.coordinator.migration.step.Sides;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.VerificationOwed;
import io.quiverdb.coordinator.migration.wait.FlipGate;
import io.quiverdb.coordinator.migration.wait.LateRouters;
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

  private final DataSteps data;
  private final IndexMinder indexes;

  Steps(DataSteps data, IndexMinder indexes) {
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
  void perform(Work work, Move move)
      throws ShardException, StepFailed, CollectionChanged, VerificationOwed, InterruptedException {
    switch (work) {
      case CHECK_AGAIN -> {
        new Rechecks(move).await();
        if (grows(move)) {
          new CollectionSchemas(move).createAll();
        }
      }
      case CREATE_COLLECTIONS -> new CollectionSchemas(move).createAll();
      case ADOPT -> {
        adopt(move);
        var unused = new CollectionSchemas(move).settle();
      }
      case COPY -> {
        List<ShardCollection> agreed = new CollectionSchemas(move).settle();
        building(move, () -> data.copy(move, agreed));
      }
      case VERIFY -> building(move, () -> verify(move));
      case WARM -> warm(move);
      case SETTLE -> settle(move);
      case DROP -> drop(move);
      case COOL -> new Cooling(move, indexes).await();
      case REVERT -> revert(move);
    }
  }

  private void adopt(Move move) throws InterruptedException {
    Beside survey = Beside.once(move.tasks(), "survey", () -> data.survey(move));
    try {
      new RoutersBarrier(move).await();
    } finally {
      survey.end();
    }
  }

  /** A router that fell back wrote to the donors alone; a verification waits for such requests. */
  private void verify(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(move).awaitConfirmed();
    data.verify(move, new CollectionSchemas(move).settle());
  }

  /** The last checks come after all waiting, and change nothing. */
  private void warm(Move move)
      throws ShardException, StepFailed, VerificationOwed, InterruptedException {
    new Warming(move, indexes).await();
    FlipGate.await(move);
    new LastLook(move).await();
  }

  private void settle(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(move).await();
    if (grows(move) && !copiesAreKept(move)) {
      var unused = new CollectionSchemas(move).settle();
    }
  }

  private void drop(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (copiesAreKept(move)) {
      return;
    }
    List<String> donors = Sides.urls(Sides.of(move).donors());
    Body passes = () -> passes(move);
    LateRouters late = new LateRouters(move);
    if (grows(move)) {
      late.keepOut(
          () -> minding(move, () -> indexes.tend(move, donors, Changed.onDonors(move)), passes));
    } else {
      late.keepOut(passes::run);
    }
  }

  /** Nobody writes to the donors any more: what goes on to come back needs somebody to look. */
  private void passes(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    Operator operator = new Operator(move.control());
    for (int passes = 1; !pass(move); passes++) {
      move.control().check();
      if (passes % PASSES == 0) {
        operator.ask(
            "late_writes",
            PASSES
                + " passes over "
                + String.join(", ", Sides.urls(Sides.of(move).donors()))
                + " have each met points that were deleted there, or are new: a router that is not"
                + " registered works with an older map, or somebody writes to the shard itself;"
                + " find it, then retry",
            List.of());
      }
    }
  }

  /** After the flip of a drain the survivors' collections are the clients' alone. */
  private boolean pass(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (grows(move)) {
      return data.drop(move, new CollectionSchemas(move).settle());
    }
    return skipsTheMover(move)
        || data.drop(move, move.shards().collections(move.control().migration().plan().url()));
  }

  private void revert(Move move)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    new RoutersBarrier(move).await();
    if (copiesAreKept(move) || (grows(move) && skipsTheMover(move))) {
      return;
    }
    data.wipe(move);
    if (grows(move)) {
      new CollectionSchemas(move).dropCreated();
    }
  }

  /** An index on the joining shard may be built as soon as its collection is copied. */
  private void building(Move move, Body body)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    if (!grows(move)) {
      body.run();
      return;
    }
    List<String> target = Sides.urls(Sides.of(move).targets());
    minding(move, () -> indexes.tendLoaded(move, target, Changed.byCopies(move)), body);
  }

  private static void minding(Move move, Beside.Round round, Body body)
      throws ShardException, StepFailed, CollectionChanged, InterruptedException {
    Beside minding =
        Beside.start(move.tasks(), move.time(), "index-minder", IndexMinder.INTERVAL, round);
    try {
      body.run();
    } finally {
      minding.end();
    }
  }

  /** Whoever holds the truth is dead: the copies may be the only ones. */
  private static boolean copiesAreKept(Move move) {
    return move.control().migration().keepCopies();
  }

  private static boolean skipsTheMover(Move move) {
    Migration migration = move.control().migration();
    return migration.skipped().contains(migration.plan().shardId());
  }

  private static boolean grows(Move move) {
    return move.control().migration().plan().kind() == MigrationKind.GROW;
  }
}
