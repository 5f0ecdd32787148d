// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;
import java.util.function.Predicate;

/** Scans a shard and deletes points, while its clients continue. Not thread-safe. */
final class ScanAndDelete {
  /** Called before points of one collection are deleted. */
  interface BeforeDelete extends AutoCloseable {
    /** Returns when these rows may be deleted. */
    void before(List<Row> doomed) throws StepException, InterruptedException;

    /** Returns when some of them may still be deleted; they are, right after it. */
    default void rightBefore(List<Row> some) throws StepException, InterruptedException {}

    @Override
    default void close() {}
  }

  /** Creates the callback for one collection. */
  interface BeforeDeleteFactory {
    /** For one scan of it. */
    BeforeDelete of(ShardCollection collection);
  }

  private final MigrationContext context;
  private final DataCalls calls;
  private final int sideBySide;

  /**
   * Prepares a scan.
   *
   * @param sideBySide how many scans may hold a page at the same time, this one and those of its
   *     callback included
   */
  ScanAndDelete(MigrationContext context, DataCalls calls, int sideBySide) {
    this.context = context;
    this.calls = calls;
    this.sideBySide = sideBySide;
  }

  /**
   * Scans collections of a shard and deletes the selected points.
   *
   * @param doomed the ids to delete; called by other threads
   * @return how many points were found
   * @throws CollectionChanged if a collection does not exist any more: list them again
   */
  long pass(
      Shard shard,
      List<ShardCollection> collections,
      Predicate<String> doomed,
      BeforeDeleteFactory beforeDeleteOf)
      throws StepException, InterruptedException {
    long found = 0;
    for (ShardCollection collection : collections) {
      // A multivector collection has no listing, and none of its documents were copied.
      if (!collection.multivector()) {
        found += scan(shard, collection, doomed, beforeDeleteOf, found);
      }
    }
    return found;
  }

  private long scan(
      Shard shard,
      ShardCollection collection,
      Predicate<String> doomed,
      BeforeDeleteFactory beforeDeleteOf,
      long foundBefore)
      throws StepException, InterruptedException {
    long found = 0;
    try (Scan scan =
            Scan.stepwise(calls, shard, collection.name(), sideBySide, doomed)
                .of(collection.count());
        BeforeDelete beforeDelete = beforeDeleteOf.of(collection)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        context.control().check();
        List<Row> rows = page.rows();
        if (!rows.isEmpty()) {
          beforeDelete.before(rows);
          delete(shard, collection.name(), rows, beforeDelete);
          scan.gone(rows.size());
          found += rows.size();
          context
              .control()
              .reportWaitingAside(
                  "deletes", (foundBefore + found) + " points deleted from " + shard.primaryUrl());
        }
      }
    }
    return found;
  }

  private void delete(Shard shard, String collection, List<Row> rows, BeforeDelete beforeDelete)
      throws StepException, InterruptedException {
    int from = 0;
    while (from < rows.size()) {
      int to = Math.min(rows.size(), from + calls.deleteRows(shard, collection));
      List<Row> some = rows.subList(from, to);
      beforeDelete.rightBefore(some);
      calls.delete(shard, collection, some.stream().map(Row::id).toList());
      from = to;
    }
  }
}
