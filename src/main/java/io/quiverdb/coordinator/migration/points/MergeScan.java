// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges the listings of one collection on several shards, id by id: of the shard that joins or
 * leaves, and of other shards. Each scan has a page or two in memory. Not thread-safe.
 */
final class MergeScan implements AutoCloseable {
  /** Both groups hold about the same number of moving points: each gets half of the memory. */
  private static final int GROUPS = 2;

  private final Map<Long, ScanCursor> heads = new LinkedHashMap<>();
  private String id = "";
  private boolean turned;
  private boolean begun;

  /**
   * Merges the shard that joins or leaves with some other shards.
   *
   * @param wanted for a shard: the points that are included
   */
  MergeScan(
      MigrationContext context,
      DataCalls calls,
      ShardCollection collection,
      Shard moving,
      List<Shard> otherShards,
      Function<Shard, Predicate<String>> wanted) {
    AlternatingReads reads = new AlternatingReads(context.time());
    AlternatingReads.Group theirs = reads.group();
    for (Shard counterpart : otherShards) {
      open(context, calls, collection, counterpart, GROUPS * otherShards.size(), wanted)
          .inGroup(theirs);
    }
    open(context, calls, collection, moving, GROUPS, wanted).inGroup(reads.group());
  }

  private Scan open(
      MigrationContext context,
      DataCalls calls,
      ShardCollection collection,
      Shard shard,
      int sideBySide,
      Function<Shard, Predicate<String>> wanted) {
    Scan scan =
        Scan.ahead(
            calls, context.tasks(), shard, collection.name(), sideBySide, wanted.apply(shard));
    heads.put(shard.id(), new ScanCursor(scan));
    return scan;
  }

  /** Advances to the next id; false at the end. */
  boolean next() throws StepException, InterruptedException {
    turned = false;
    if (begun) {
      leave();
    }
    begun = true;
    @Nullable String smallest = null;
    for (ScanCursor head : heads.values()) {
      Row row = head.row();
      if (row != null && (smallest == null || Utf8Order.INSTANCE.compare(row.id(), smallest) < 0)) {
        smallest = row.id();
      }
    }
    id = smallest == null ? "" : smallest;
    return smallest != null;
  }

  private void leave() throws StepException, InterruptedException {
    for (ScanCursor head : heads.values()) {
      if (head.at(id) != null) {
        head.advance();
        turned |= head.isAtPageEnd();
      }
    }
  }

  /** The id. */
  String id() {
    return id;
  }

  /** The shard's row with the current id; null if it has none. */
  @Nullable Row on(Shard shard) throws StepException, InterruptedException {
    ScanCursor head = heads.get(shard.id());
    return head == null ? null : head.at(id);
  }

  /** Whether a page was finished on the way to this id. */
  boolean turned() {
    return turned;
  }

  @Override
  public void close() {
    heads.values().forEach(ScanCursor::close);
  }
}
