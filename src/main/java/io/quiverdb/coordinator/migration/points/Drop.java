// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Tasks.Task;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.Partition;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Deletes, after the flip, the points that donors no longer own: the moved points on every donor of
 * a grow, everything on the shard that a drain removed. Donors are cleaned in parallel, each at its
 * own pace.
 *
 * <p>Deletes unconditionally: a point that was deleted or overwritten on its owner since the flip
 * must not survive on the donor. {@link DropGuard} spills what the owner lacks. Not thread-safe.
 */
final class Drop {
  /** Donors that are cleaned at the same time: a page of each, and of its owners, is in memory. */
  private static final int MAX_DONORS = 8;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  private final MigrationContext context;
  private final DataCalls calls;
  private final AbsentCounter absent;

  /**
   * A drop.
   *
   * @param absent what earlier passes over the same migration found
   */
  Drop(MigrationContext context, DataCalls calls, AbsentCounter absent) {
    this.context = context;
    this.calls = calls;
    this.absent = absent;
  }

  /**
   * Scans every donor once and deletes what it finds. Returns when none of its requests can still
   * take effect.
   *
   * @return whether it found nothing
   * @throws CollectionChanged if a shard lacks a collection: compare the collections, then begin
   *     again
   */
  boolean pass(List<ShardCollection> collections) throws StepException, InterruptedException {
    absent.beginPass();
    PointSlice slice = PointSlice.of(context);
    List<Shard> all = answeringFirst(slice.donors());
    long found = 0;
    boolean through = false;
    while (!through) {
      try {
        found += clean(slice, Partition.of(all, sideBySide(collections)), collections);
        through = true;
      } catch (RowsTooLong e) {
        // It may have deleted some.
        found++;
      }
    }
    context.control().goingOn();
    calls.awaitOutcomes(context);
    return found == 0;
  }

  private int sideBySide(List<ShardCollection> collections) {
    return collections.stream()
        .mapToInt(c -> calls.pageSizes().sideBySide(c.name(), MAX_DONORS))
        .min()
        .orElse(MAX_DONORS);
  }

  private long clean(PointSlice slice, List<List<Shard>> groups, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    long found = 0;
    for (List<Shard> donors : groups) {
      found += together(slice, donors, collections);
    }
    return found;
  }

  /** A donor that waits does not stop the others; one that fails does. */
  private long together(PointSlice slice, List<Shard> donors, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    List<Task<Long>> cleaning = new ArrayList<>();
    boolean allEnd = false;
    try {
      for (Shard donor : donors) {
        cleaning.add(
            context
                .tasks()
                .start(
                    "drop " + donor.primaryUrl(),
                    () -> clean(slice, donor, donors.size(), collections)));
      }
      return sum(cleaning);
    } catch (StepStopped | FencedException e) {
      // Each task stops by itself when its open request has ended.
      allEnd = true;
      throw e;
    } finally {
      if (!allEnd) {
        cleaning.forEach(Task::cancel);
      }
      cleaning.forEach(TaskJoin::quietly);
    }
  }

  private long sum(List<Task<Long>> cleaning) throws StepException, InterruptedException {
    List<Task<Long>> open = new ArrayList<>(cleaning);
    long found = 0;
    while (!open.isEmpty()) {
      for (Task<Long> one : List.copyOf(open)) {
        if (one.isDone()) {
          found += TaskJoin.of(one, StepException.class);
          open.remove(one);
        }
      }
      if (!open.isEmpty()) {
        context.time().sleep(POLL_INTERVAL);
      }
    }
    return found;
  }

  private long clean(
      PointSlice slice, Shard donor, int sideBySide, List<ShardCollection> collections)
      throws StepException, InterruptedException {
    Predicate<String> doomed = slice.grows() ? slice::moves : id -> true;
    int scans = sideBySide * (1 + slice.targets().size());
    try {
      DropGuard check = new DropGuard(context, calls, slice, donor, scans, absent);
      return new ScanAndDelete(context, calls, scans).pass(donor, collections, doomed, check);
    } catch (ShardSkipped e) {
      if (!e.isAbout(donor)) {
        throw new StepFailed(e.getMessage() + ", but it holds the truth");
      }
      return 0;
    }
  }

  /** Donors beyond the first group wait, and a dead donor would block its group for long. */
  private List<Shard> answeringFirst(List<Shard> donors) throws InterruptedException {
    List<Shard> answering = new ArrayList<>();
    List<Shard> silent = new ArrayList<>();
    for (Shard donor : donors) {
      (context.shards().healthy(donor.primaryUrl()) ? answering : silent).add(donor);
    }
    answering.addAll(silent);
    return answering;
  }
}
