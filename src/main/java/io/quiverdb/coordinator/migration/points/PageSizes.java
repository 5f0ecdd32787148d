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
 * How many rows a page may have so that what it brings stays within bounds. Rows of one listing are
 * alike, and so is the share of them that is wanted in a move: what one scan has seen holds for the
 * next one. Thread-safe.
 */
final class PageSizes {
  /** Of the first page of a listing that nobody has seen yet. */
  static final int FIRST_ROWS = 512;

  /** How much larger the next page may get: rows of one page may be far from the mean. */
  private static final int MAX_GROWTH = 16;

  /** Under the largest answer, with room for rows that are longer than those before. */
  private static final long ANSWER_BYTES = ShardApi.ANSWER_BYTES * 3L / 4;

  /** Of a row in memory; see {@link Row#memory}. */
  private static final int ROW_OVERHEAD_BYTES = 256;

  private record Listing(String url, String collection) {}

  /**
   * A page that was seen.
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

  /** Another move begins: it wants other rows. */
  void forget() {
    seen.clear();
    longRows.clear();
  }

  /** Two rows of this collection are more than one of several scans may keep. */
  void areLong(String collection) {
    longRows.add(collection);
  }

  /** How many scans of this collection may go on side by side, of so many. */
  int sideBySide(String collection, int most) {
    return isLong(collection) ? 1 : most;
  }

  /** Whether its rows are so long that its scans take turns, and read nothing ahead. */
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

  /** Points of one collection are alike on all shards; how many are wanted here is not known. */
  private int likeOthers(String collection, long keptBytes) {
    return seen.entrySet().stream()
        .filter(other -> other.getKey().collection().equals(collection))
        .mapToInt(other -> other.getValue().ifAllAreKept().next(keptBytes))
        .min()
        .orElse(FIRST_ROWS);
  }

  /**
   * A page was read.
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
