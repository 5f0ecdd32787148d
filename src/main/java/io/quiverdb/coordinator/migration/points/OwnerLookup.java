// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a donor's points of one collection with those of their owners. The points come in the
 * order of their ids. Not thread-safe.
 */
final class OwnerLookup implements AutoCloseable {
  private final DataCalls calls;
  private final PointSlice slice;
  private final Shard donor;
  private final int sideBySide;
  private final String collection;
  private final long points;
  private final Map<Long, ScanCursor> owners = new HashMap<>();

  /**
   * Remaining shards of a drain without the collection: a client's drop does not reach the shard
   * that left. Its points are spilled, like all that their owner lacks.
   */
  private final Set<Long> without = new HashSet<>();

  /**
   * For one pass over a collection.
   *
   * @param sideBySide how many scans may hold a page at the same time, the donor's and those of its
   *     owners included
   */
  OwnerLookup(
      DataCalls calls, PointSlice slice, Shard donor, int sideBySide, ShardCollection collection) {
    this.calls = calls;
    this.slice = slice;
    this.donor = donor;
    this.sideBySide = sideBySide;
    this.collection = collection.name();
    this.points = collection.count();
  }

  /**
   * Compares with the owner's listing first. If that differs, reads the point itself: it is newer
   * than the listing, and the scan leaves out orphans of other donors.
   */
  Comparison compare(Row row, Shard owner) throws StepException, InterruptedException {
    // With long rows, no second page fits into memory.
    Row listed =
        calls.pageSizes().isLong(collection)
            ? null
            : ask(owner, () -> Optional.ofNullable(cursor(owner).at(row.id()))).orElse(null);
    return listed != null && listed.sameContent(row)
        ? new Comparison(row, owner, listed)
        : read(row, owner);
  }

  /** Compares with what the owner has now. */
  Comparison again(Comparison earlier) throws StepException, InterruptedException {
    return read(earlier.row(), earlier.owner());
  }

  /** Compares with what the owner has now. */
  Comparison read(Row row, Shard owner) throws StepException, InterruptedException {
    Row there = ask(owner, () -> calls.row(owner, collection, row.id())).orElse(null);
    return new Comparison(row, owner, there);
  }

  private ScanCursor cursor(Shard owner) {
    return owners.computeIfAbsent(
        owner.id(),
        id ->
            new ScanCursor(
                Scan.stepwise(
                        calls,
                        owner,
                        collection,
                        sideBySide,
                        slice.between(slice.grows() ? donor : owner))
                    .of(points)));
  }

  private Optional<Row> ask(Shard owner, Query<Optional<Row>, StepException> question)
      throws StepException, InterruptedException {
    if (without.contains(owner.id())) {
      return Optional.empty();
    }
    try {
      return question.ask();
    } catch (CollectionChanged e) {
      if (slice.grows() || has(calls.collections(owner))) {
        throw e;
      }
      without.add(owner.id());
      return Optional.empty();
    }
  }

  private boolean has(List<ShardCollection> listed) {
    return listed.stream().anyMatch(one -> one.name().equals(collection));
  }

  @Override
  public void close() {
    owners.values().forEach(ScanCursor::close);
  }
}
