package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MoveSettings;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.wait.LateEffects;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work on points, with what one step learns about shards for the next: the size of their
 * requests, which of ours may still take effect, and what a drop has found missing. For one thread.
 */
public final class PointSteps implements DataSteps {
  private final Pacer pacer;
  private final PageSizes pageSizes = new PageSizes();
  private final LateEffects late = new LateEffects();
  private @Nullable AbsentCount absent;

  /** For the steps of a leader in one term. */
  public PointSteps(MoveSettings settings) {
    this.pacer = new Pacer(settings.paceTarget());
  }

  @Override
  public void survey(Move move) throws InterruptedException {
    try (MemoryBudget.Share share = move.memory().take(MemoryBudget.FEW_ROWS, move.time())) {
      new Survey(move, pageSizes).run();
    }
  }

  @Override
  public void copy(Move move, List<ShardCollection> collections)
      throws StepFailed, CollectionChanged, InterruptedException {
    try (MemoryBudget.Share share = room(move)) {
      if (move.control().migration().plan().kind() == MigrationKind.GROW) {
        new Copy(move, calls(move)).run(collections);
      } else {
        new Reconcile(move, calls(move)).first(collections);
      }
    }
  }

  @Override
  public void verify(Move move, List<ShardCollection> collections)
      throws StepFailed, CollectionChanged, InterruptedException {
    try (MemoryBudget.Share share = room(move)) {
      new Reconcile(move, calls(move)).untilEqual(collections);
    }
  }

  @Override
  public boolean drop(Move move, List<ShardCollection> collections)
      throws StepFailed, CollectionChanged, InterruptedException {
    if (absent == null || !absent.isOf(move.control())) {
      absent = new AbsentCount(move.control(), move.settings().spillThreshold());
    }
    try (MemoryBudget.Share share = room(move)) {
      return new Drop(move, calls(move), absent).pass(collections);
    }
  }

  @Override
  public void wipe(Move move) throws StepFailed, CollectionChanged, InterruptedException {
    try (MemoryBudget.Share share = room(move)) {
      new Wipe(move, calls(move)).run();
    }
  }

  private static MemoryBudget.Share room(Move move) throws InterruptedException {
    return move.memory().take(MemoryBudget.STEP, move.time());
  }

  private DataCalls calls(Move move) {
    return new DataCalls(move, pacer, pageSizes, late);
  }
}
