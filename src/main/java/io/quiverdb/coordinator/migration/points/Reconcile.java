// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.DonorDataCheck;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.Partition;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the copies equal to the donors' points, in rounds. What a round repairs is compared again
 * in the next one. A round begins when every repair has taken effect, and every client's write that
 * a repair may have undone has reached the donor. A round that repairs nothing proves that the
 * copies are equal.
 *
 * <p>A full round merges all listings, so memory does not grow with the collections. Not
 * thread-safe.
 */
final class Reconcile {
  /** Memory of the dirty ids of one round, in bytes; two rounds are in memory. */
  static final long MAX_DIRTY_BYTES = 4 << 20;

  /** Up to this many points are compared by single reads; more of them by a scan. */
  private static final int MAX_POINT_READS = 2_000;

  /**
   * Reads of a point before it counts as different: two reads are not simultaneous, so a point that
   * is written often may differ by chance.
   */
  private static final int MAX_COMPARISONS = 8;

  /** Shards that are merged at the same time: their pages are in memory. */
  private static final int MAX_MERGED_SHARDS = 8;

  private final MigrationContext context;
  private final DataCalls calls;

  Reconcile(MigrationContext context, DataCalls calls) {
    this.context = context;
    this.calls = calls;
  }

  /**
   * The first round of a drain: writes what the other shards lack; they hold points of their own.
   * After an interruption it starts again, and finds equal what was written before. Returns when
   * none of its requests can still take effect.
   *
   * @param collections those that all shards agree on
   */
  void first(List<ShardCollection> collections) throws StepException, InterruptedException {
    PointSlice slice = slice();
    PartStart held = new PartStart(context, calls);
    context.control().round(1);
    checkTruth(slice);
    DeferredDeletes withheld = new DeferredDeletes(context);
    for (ShardCollection collection : collections) {
      try {
        first(slice, held, collection, withheld);
      } catch (RowsTooLong e) {
        withheld.forget(collection);
        first(slice, held, collection, withheld);
      }
    }
    withheld.deleteAll(
        collection -> new RepairWriter(context, calls, collection, (target, id) -> {}));
    calls.awaitOutcomes(context);
  }

  private void checkTruth(PointSlice slice) throws StepException, InterruptedException {
    new DonorDataCheck(context)
        .check(slice.donors(), calls::points, "retry makes its copies equal to it");
  }

  private void first(
      PointSlice slice, PartStart held, ShardCollection collection, DeferredDeletes withheld)
      throws StepException, InterruptedException {
    for (List<Shard> otherShards : groups(slice, collection.name())) {
      DrainProgress tally = DrainProgress.of(context, held, slice, collection.name(), otherShards);
      if (!tally.isDone()) {
        DirtySet everything = new DirtySet(0);
        everything.addAll(collection.name());
        merge(
            slice,
            collection,
            otherShards,
            everything,
            new RepairWriter(context, calls, collection, tally),
            withheld);
        tally.done();
      }
    }
  }

  private List<List<Shard>> groups(PointSlice slice, String collection) {
    return Partition.of(
        slice.otherShards(), calls.pageSizes().sideBySide(collection, MAX_MERGED_SHARDS));
  }

  /**
   * The rounds after the first, until one repairs nothing. Starts with every copy dirty, so it also
   * covers collections that were created during the migration.
   *
   * @param collections those that all shards agree on
   * @throws StepFailed if the round limit comes first
   */
  void untilEqual(List<ShardCollection> collections) throws StepException, InterruptedException {
    // A donor without collections would leave no round in which its loss could be seen.
    checkTruth(slice());
    new DonorDataCheck(context).checkListed(slice().donors(), collections);
    DirtySet everything = new DirtySet(0);
    collections.forEach(collection -> everything.addAll(collection.name()));
    DirtySet dirty = everything;
    int limit = context.settings().roundLimit();
    for (int round = 2; !dirty.isEmpty(); round++) {
      if (round > limit) {
        throw new StepFailed("not equal after " + limit + " rounds: " + dirty);
      }
      calls.awaitOutcomes(context);
      context.healthyWait().await(context.settings().requestDrain(), "request_drain");
      context.control().round(round);
      dirty = round(collections, dirty);
    }
  }

  private PointSlice slice() {
    return PointSlice.of(context);
  }

  private DirtySet round(List<ShardCollection> collections, DirtySet dirty)
      throws StepException, InterruptedException {
    PointSlice slice = slice();
    checkTruth(slice);
    DirtySet written = new DirtySet(MAX_DIRTY_BYTES);
    DeferredDeletes withheld = new DeferredDeletes(context);
    for (ShardCollection collection : collections) {
      String name = collection.name();
      RepairWriter.Listener listener = listener(written, name);
      if (dirty.isWhole(name) || dirty.size(name) > MAX_POINT_READS) {
        try {
          merge(slice, collection, dirty, listener, withheld);
        } catch (RowsTooLong e) {
          withheld.forget(collection);
          merge(slice, collection, dirty, listener, withheld);
        }
      } else if (!dirty.isClean(name)) {
        compareOneByOne(
            slice,
            collection,
            dirty,
            new RepairWriter(context, calls, collection, listener),
            withheld);
      }
    }
    withheld.deleteAll(
        collection ->
            new RepairWriter(context, calls, collection, listener(written, collection.name())));
    return written;
  }

  private RepairWriter.Listener listener(DirtySet written, String collection) {
    return (target, id) -> {
      written.add(collection, target, id);
      context.control().recorder().repaired(1);
    };
  }

  private void merge(
      PointSlice slice,
      ShardCollection collection,
      DirtySet dirty,
      RepairWriter.Listener listener,
      DeferredDeletes withheld)
      throws StepException, InterruptedException {
    for (List<Shard> otherShards : groups(slice, collection.name())) {
      merge(
          slice,
          collection,
          otherShards,
          dirty,
          new RepairWriter(context, calls, collection, listener),
          withheld);
    }
  }

  private void merge(
      PointSlice slice,
      ShardCollection collection,
      List<Shard> otherShards,
      DirtySet dirty,
      RepairWriter repairs,
      DeferredDeletes withheld)
      throws StepException, InterruptedException {
    List<Shard> targets = slice.grows() ? slice.targets() : otherShards;
    try (repairs;
        MergeScan merge =
            new MergeScan(
                context,
                calls,
                collection,
                slice.moving(),
                otherShards,
                shard -> slice.judgedOn(shard, otherShards))) {
      while (merge.next()) {
        if (merge.turned()) {
          context.control().check();
          // Gathered repairs need memory besides the pages, so they are flushed with their page.
          repairs.flush();
        }
        Shard counterpart = slice.counterpart(merge.id());
        if (slice.isJudgedBy(otherShards, counterpart)) {
          for (Shard target : targets) {
            if (dirty.contains(collection.name(), target, merge.id())) {
              Shard donor = slice.donor(target, counterpart);
              Row truth = donor == null ? null : merge.on(donor);
              Row copy = merge.on(target);
              if (truth == null && copy != null && donor != null) {
                withheld.delete(collection, donor, target, merge.id(), repairs);
              } else {
                judge(target, merge.id(), truth, copy, repairs);
              }
              if (calls.pageSizes().isLong(collection.name())) {
                repairs.flush();
              }
            }
          }
        }
      }
      repairs.flush();
    }
  }

  private static void judge(
      Shard target, String id, @Nullable Row truth, @Nullable Row copy, RepairWriter repairs)
      throws StepException, InterruptedException {
    if (!same(truth, copy)) {
      repairs.repair(target, id, truth);
    } else if (truth != null) {
      repairs.equal(target);
    }
  }

  private void compareOneByOne(
      PointSlice slice,
      ShardCollection collection,
      DirtySet dirty,
      RepairWriter repairs,
      DeferredDeletes withheld)
      throws StepException, InterruptedException {
    try (repairs) {
      for (Shard target : slice.targets()) {
        for (String id : dirty.ids(collection.name(), target)) {
          compare(slice, collection, target, id, repairs, withheld);
        }
        repairs.flush();
      }
    }
  }

  private void compare(
      PointSlice slice,
      ShardCollection collection,
      Shard target,
      String id,
      RepairWriter repairs,
      DeferredDeletes withheld)
      throws StepException, InterruptedException {
    Shard donor = slice.donor(target, slice.counterpart(id));
    Row truth = null;
    for (int i = 0; i < MAX_COMPARISONS; i++) {
      context.control().check();
      truth = donor == null ? null : calls.row(donor, collection.name(), id).orElse(null);
      if (same(truth, calls.row(target, collection.name(), id).orElse(null))) {
        return;
      }
    }
    if (truth == null && donor != null) {
      withheld.delete(collection, donor, target, id, repairs);
    } else {
      repairs.repair(target, id, truth);
    }
  }

  private static boolean same(@Nullable Row a, @Nullable Row b) {
    return a == null ? b == null : b != null && a.sameContent(b);
  }
}
