// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardPage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rows of a page so that its size stays within bounds. Rows of one listing have similar
 * sizes, and a similar share of them moves, so the last page predicts the next one. Thread-safe.
 */
final class PageSizes {
  /** Rows of the first page of an unknown listing. */
  static final int FIRST_ROWS = 512;

  /** Largest growth from page to page: rows of one page may be far from the mean. */
  private static final int MAX_GROWTH = 16;

  /** Below the largest answer, with room for longer rows than before. */
  private static final long ANSWER_BYTES = ShardApi.ANSWER_BYTES * 3L / 4;

  /** Memory of a row besides its bytes; see {@link Row#memory}. */
  private static final int ROW_OVERHEAD_BYTES = 256;

  private record Listing(String url, String collection) {}

  /**
   * The last page of a listing.
   *
   * @param rows listed
   * @param bytes of the whole answer
   * @param kept bytes that the wanted rows have in memory
   */
  private record Seen(int rows, long bytes, long kept) {
    static Seen of(ShardPage page) {
      return new Seen(
          page.count(), page.bytes(), page.rows().stream().mapToLong(Row::memory).sum());
    }

    Seen ifAllAreKept() {
      return new Seen(rows, bytes, bytes + (long) ROW_OVERHEAD_BYTES * rows);
    }

    int next(long keptBytes) {
      long fits =
          Math.min(keptBytes * rows / Math.max(1, kept), ANSWER_BYTES * rows / Math.max(1, bytes));
      long grown = Math.max((long) rows * MAX_GROWTH, FIRST_ROWS);
      return (int) Math.max(DataCalls.SMALLEST_PAGE, Math.min(fits, grown));
    }
  }

  private final Map<Listing, Seen> seen = new ConcurrentHashMap<>();
  private final Set<String> longRows = ConcurrentHashMap.newKeySet();

  /** Discards everything: another migration selects other rows. */
  void forget() {
    seen.clear();
    longRows.clear();
  }

  /** Notes that two rows of this collection exceed the memory of one of several parallel scans. */
  void areLong(String collection) {
    longRows.add(collection);
  }

  /** How many scans of this collection may run in parallel, at most {@code most}. */
  int sideBySide(String collection, int most) {
    return isLong(collection) ? 1 : most;
  }

  /** Whether its rows are so long that its scans run one after the other, without read-ahead. */
  boolean isLong(String collection) {
    return longRows.contains(collection);
  }

  /**
   * How many rows the next page may have.
   *
   * @param keptBytes what its wanted rows may have together
   */
  int rows(Shard shard, String collection, long keptBytes) {
    @Nullable Seen page = seen.get(new Listing(shard.primaryUrl(), collection));
    return page == null ? likeOthers(collection, keptBytes) : page.next(keptBytes);
  }

  /**
   * Points of one collection have similar sizes on all shards; which share moves here is unknown.
   */
  private int likeOthers(String collection, long keptBytes) {
    return seen.entrySet().stream()
        .filter(other -> other.getKey().collection().equals(collection))
        .mapToInt(other -> other.getValue().ifAllAreKept().next(keptBytes))
        .min()
        .orElse(FIRST_ROWS);
  }

  /**
   * Learns from a page.
   *
   * @param limit how many rows were asked for: the few at the end of a listing say less
   */
  void learn(Shard shard, String collection, ShardPage page, int limit) {
    Listing listing = new Listing(shard.primaryUrl(), collection);
    if (page.count() >= limit) {
      seen.put(listing, Seen.of(page));
    } else if (page.count() > 0) {
      seen.putIfAbsent(listing, Seen.of(page));
    }
  }
}
