// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.Action;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.DonorDataCheck;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.Shard;

/**
 * Deletes the copies of a reverted migration when no router works with its map any more. A grow
 * empties the shard that was to join; a drain deletes on the other shards what the staying shard
 * holds. Not thread-safe.
 */
final class RevertCleanup {
  private final MigrationContext context;
  private final DataCalls calls;
  private final ScanAndDelete sweep;

  RevertCleanup(MigrationContext context, DataCalls calls) {
    this.context = context;
    this.calls = calls;
    this.sweep = new ScanAndDelete(context, calls, 1);
  }

  /**
   * Deletes until scans find nothing. Returns when none of its requests can still take effect.
   * Skipped shards are left as they are.
   */
  void run() throws StepException, InterruptedException {
    // A late copy would arrive after the scan that found none.
    calls.awaitOutcomes(context);
    PointSlice slice = PointSlice.of(context);
    new DonorDataCheck(context)
        .check(
            MigrationShards.of(context).donorsLeft(),
            calls::points,
            "retry deletes its copies elsewhere");
    if (slice.grows()) {
      unlessSkipped(() -> empty(slice.moving()));
    } else {
      for (Shard other : slice.otherShards()) {
        if (!context.migration().keepCopies()) {
          unlessSkipped(() -> emptyOther(slice, other));
        }
      }
    }
    calls.awaitOutcomes(context);
  }

  private static void unlessSkipped(Action<StepException> work)
      throws StepException, InterruptedException {
    try {
      work.run();
    } catch (ShardSkipped e) {
      // The copies stay, and the shard's URL is listed as possibly dirty.
    }
  }

  private void empty(Shard joined) throws StepException, InterruptedException {
    untilNone(() -> sweep.pass(joined, calls.collections(joined), id -> true, c -> rows -> {}));
  }

  private void emptyOther(PointSlice slice, Shard other)
      throws StepException, InterruptedException {
    ScanAndDelete.BeforeDeleteFactory beforeDeleteOf =
        c -> rows -> awaitStaying(slice.moving(), c.name(), other);
    untilNone(() -> sweep.pass(other, calls.collections(other), slice::moves, beforeDeleteOf));
  }

  private void untilNone(Query<Long, StepException> pass)
      throws StepException, InterruptedException {
    long found;
    do {
      found = run(pass);
      context.control().goingOn();
    } while (found > 0);
  }

  private static long run(Query<Long, StepException> pass)
      throws StepException, InterruptedException {
    try {
      return pass.ask();
    } catch (RowsTooLong e) {
      // Once for each collection.
      return 1;
    }
  }

  /** While the staying shard does not answer, the other shards may have the only copies. */
  private void awaitStaying(Shard staying, String collection, Shard other)
      throws StepException, InterruptedException {
    while (lacks(staying, collection)) {
      stopIfCopiesAreKept();
      if (lacks(other, collection)) {
        throw new CollectionChanged(
            other, collection, collection + " was dropped on " + other.primaryUrl());
      }
      context
          .control()
          .hold(
              "shard",
              staying.primaryUrl()
                  + " has no collection "
                  + collection
                  + ": "
                  + other.primaryUrl()
                  + " may have the only copies of its points");
    }
    stopIfCopiesAreKept();
  }

  private boolean lacks(Shard shard, String collection) throws StepException, InterruptedException {
    return calls.collections(shard).stream().noneMatch(c -> c.name().equals(collection));
  }

  private void stopIfCopiesAreKept() {
    if (context.migration().keepCopies()) {
      throw new StepStopped("the copies are kept");
    }
  }
}
