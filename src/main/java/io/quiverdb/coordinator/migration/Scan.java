package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.Tasks.Task;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All points of a collection on a shard that exist throughout, in the order of their ids, each at
 * most once. The listing is live: rows come and go before, at and after the place that is read.
 *
 * <p>So pages overlap by one row. A page is taken if it begins the listing, or begins no later than
 * the last id seen; else rows vanished before it, others slid under the pages read already, and it
 * is read again further back. For one task at a time.
 */
final class Scan implements AutoCloseable {
  private static final int FIRST_ROWS = 512;

  /** How much larger the next page may get: rows of one page may be far from the mean. */
  private static final int GROWTH = 16;

  private static final long GENTLE_PAGE_BYTES = 2 << 20;

  /**
   * What all pages of scans that run side by side may have together: a quarter of the heap that
   * members are shipped with. More lets the collector stop the leader for so long that it is voted
   * out.
   */
  private static final long PAGES_BYTES = 32 << 20;

  /**
   * Rows that were not seen before; none only at the end.
   *
   * @param offset where the page stands in the listing
   * @param next where the next one begins: at the last row of this one
   * @param last whether the listing ends here
   */
  record Page(long offset, long next, List<Row> rows, boolean last) {}

  private final DataCalls calls;
  private final Shard shard;
  private final String collection;
  private final long pageBytes;
  private final @Nullable Tasks ahead;
  private int fetchLimit;
  private int rowsWanted = FIRST_ROWS;
  private long offset;
  private @Nullable String seen;
  private boolean over;
  private @Nullable Task<Page> reading;

  private Scan(
      DataCalls calls, Shard shard, String collection, long pageBytes, @Nullable Tasks ahead) {
    this.calls = calls;
    this.shard = shard;
    this.collection = collection;
    this.pageBytes = pageBytes;
    this.ahead = ahead;
  }

  /**
   * One page at a time, read when it is asked for: for who deletes the rows it reads, or looks some
   * up, while nothing waits for the end. The pages are small, so that a shard's clients hardly
   * notice.
   */
  static Scan stepwise(DataCalls calls, Shard shard, String collection) {
    return new Scan(calls, shard, collection, GENTLE_PAGE_BYTES, null);
  }

  /**
   * The next page is read while the last one is worked on.
   *
   * @param sideBySide how many scans run like this at the same time, this one included
   */
  static Scan ahead(DataCalls calls, Tasks tasks, Shard shard, String collection, int sideBySide) {
    return new Scan(calls, shard, collection, share(sideBySide), tasks);
  }

  /** How large the pages of a scan are that runs ahead with others, in bytes. */
  static long share(int sideBySide) {
    return PAGES_BYTES / (2L * sideBySide);
  }

  /** Goes on where another scan has been: after {@code lastId}, the row at or before an offset. */
  Scan resumeAt(long where, String lastId) {
    if (where > 0 || !lastId.isEmpty()) {
      offset = where;
      seen = lastId;
    }
    return this;
  }

  /** Starts to read, if this scan reads ahead. */
  void begin() {
    if (ahead != null && reading == null && !over) {
      reading = ahead.start("scan " + shard.primaryUrl() + " " + collection, this::read);
    }
  }

  /** Whether {@link #next} need not wait. */
  boolean isReady() {
    return over || (reading != null && reading.isDone());
  }

  /** The next page; null at the end. */
  @Nullable Page next() throws StepFailed, CollectionChanged, InterruptedException {
    if (over) {
      return null;
    }
    begin();
    Page page = reading == null ? read() : Joined.of(reading);
    reading = null;
    over = page.last();
    begin();
    return page;
  }

  /** So many rows up to the last one seen were deleted by the caller of a stepwise scan. */
  void gone(int rows) {
    offset = Math.max(0, offset - rows);
  }

  private Page read() throws StepFailed, CollectionChanged, InterruptedException {
    if (fetchLimit == 0) {
      fetchLimit = Math.max(DataCalls.SMALLEST_PAGE, calls.fetchLimit(shard, collection));
    }
    long from = offset;
    long back = 0;
    while (true) {
      // Longer rows than those before: beyond a quarter more, a smaller page is asked for.
      int most = (int) (pageBytes + pageBytes / 4);
      int asked = Math.min(rowsWanted, fetchLimit);
      DataCalls.Page page = calls.page(shard, collection, from, asked, most);
      List<Row> rows = page.rows();
      if (from > 0 && (rows.isEmpty() || isAfterSeen(rows.get(0)))) {
        back = Math.max(page.limit() / 2, 2 * back);
        from = Math.max(0, from - back);
        continue;
      }
      learn(rows, page.limit());
      long next = from + Math.max(0, rows.size() - 1);
      List<Row> fresh = rows.subList(firstUnseen(rows), rows.size());
      boolean last = rows.size() < page.limit();
      offset = next;
      if (!fresh.isEmpty()) {
        seen = fresh.get(fresh.size() - 1).id();
      }
      if (last || !fresh.isEmpty()) {
        return new Page(from, next, fresh, last);
      }
      from = next;
    }
  }

  private boolean isAfterSeen(Row row) {
    return seen == null || Utf8Order.INSTANCE.compare(row.id(), seen) > 0;
  }

  private int firstUnseen(List<Row> rows) {
    int low = 0;
    int high = rows.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isAfterSeen(rows.get(middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private void learn(List<Row> rows, int limit) {
    long bytes = rows.stream().mapToLong(Row::size).sum();
    if (bytes > 0) {
      long fits = pageBytes * rows.size() / bytes;
      long wanted = Math.min(fits, (long) limit * GROWTH);
      rowsWanted = (int) Math.max(DataCalls.SMALLEST_PAGE, Math.min(wanted, fetchLimit));
    }
  }

  @Override
  public void close() {
    over = true;
    if (reading != null) {
      reading.cancel();
      Joined.quietly(reading);
      reading = null;
    }
  }
}
