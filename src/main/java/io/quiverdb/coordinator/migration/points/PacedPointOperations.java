// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations on points, with what they learn about shards: request sizes, requests with unknown
 * outcome, points that a drop has found absent. Not thread-safe.
 */
public final class PacedPointOperations implements PointOperations {
  private final Pacer pacer;
  private final PageSizes pageSizes = new PageSizes();
  private final UnknownOutcomes late = new UnknownOutcomes();
  private @Nullable AbsentCounter absent;

  /** For the steps of a leader in one term. */
  public PacedPointOperations(MigrationSettings settings) {
    this.pacer = new Pacer(settings.paceTarget());
  }

  @Override
  public void probePageSizes(MigrationContext context) throws InterruptedException {
    try (MemoryBudget.Share share =
        context.memory().take(MemoryBudget.FEW_ROWS_BYTES, context.time())) {
      new PageSizeProbe(context, pageSizes).run();
    }
  }

  @Override
  public void copy(MigrationContext context, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    try (MemoryBudget.Share share = room(context)) {
      if (context.grows()) {
        new Copy(context, calls(context)).run(collections);
      } else {
        new Reconcile(context, calls(context)).first(collections);
      }
    }
  }

  @Override
  public void verify(MigrationContext context, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    try (MemoryBudget.Share share = room(context)) {
      new Reconcile(context, calls(context)).untilEqual(collections);
    }
  }

  @Override
  public boolean drop(MigrationContext context, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    if (absent == null || !absent.isOf(context.control())) {
      absent = new AbsentCounter(context.control(), context.settings().spillThreshold());
    }
    try (MemoryBudget.Share share = room(context)) {
      return new Drop(context, calls(context), absent).pass(collections);
    }
  }

  @Override
  public void wipe(MigrationContext context) throws StepException, InterruptedException {
    try (MemoryBudget.Share share = room(context)) {
      new RevertCleanup(context, calls(context)).run();
    }
  }

  private static MemoryBudget.Share room(MigrationContext context) throws InterruptedException {
    return context.memory().take(MemoryBudget.STEP_BYTES, context.time());
  }

  private DataCalls calls(MigrationContext context) {
    return new DataCalls(context.calls(), pacer, pageSizes, late);
  }
}
