// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Tasks.Task;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardPage;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Scans a collection on a shard in the order of ids. It returns every point that exists during the
 * whole scan, and none twice. The listing is live: rows are added and removed before, at and after
 * the position.
 *
 * <p>Pages overlap by one row. A page is accepted if it starts the listing, or starts no later than
 * the last id seen. Otherwise rows before it were deleted and others moved into pages that were
 * read already, so it is read again from a smaller offset. Not thread-safe.
 */
final class Scan implements AutoCloseable {
  private static final long GENTLE_PAGE_BYTES = 2 << 20;

  /** A page that takes a shard longer is followed by a pause of the same length. */
  private static final long LONG_PAGE_NANOS = Duration.ofMillis(250).toNanos();

  /** Growth from page to page after a small first one. */
  private static final int GROWTH_FROM_SMALL = 4;

  /**
   * Rows after those of earlier pages.
   *
   * @param offset where the page stands in the listing
   * @param next offset of the next page: the last row of this one
   * @param rows those that were selected
   * @param reached the last id that was seen, selected or not; empty if there was none
   * @param last whether the listing ends here
   */
  record Page(long offset, long next, List<Row> rows, String reached, boolean last) {}

  private final DataCalls calls;
  private final PageSizes sizes;
  private final Shard shard;
  private final String collection;
  private final long pageBytes;
  private final Predicate<String> wanted;
  private final @Nullable Tasks ahead;
  private final Time time;
  private long count;
  private boolean gentle;
  private long readNanos;
  private long readEnd;
  private int fetchLimit;
  private long offset;
  private @Nullable String seen;
  private boolean over;
  private @Nullable Task<Page> reading;
  private AlternatingReads.@Nullable Group group;
  private int rowsAtMost = Integer.MAX_VALUE;

  private Scan(
      DataCalls calls,
      PageSizes sizes,
      Shard shard,
      String collection,
      long pageBytes,
      Predicate<String> wanted,
      @Nullable Tasks ahead) {
    this.time = calls.time();
    this.calls = calls;
    this.sizes = sizes;
    this.shard = shard;
    this.collection = collection;
    this.pageBytes = pageBytes;
    this.wanted = wanted;
    this.ahead = ahead;
  }

  /**
   * Reads one page at a time, on demand, for callers that delete the rows or look some up. Pages
   * are small, so that the shard's clients hardly notice.
   *
   * @param sideBySide how many scans may hold a page at the same time, this one included
   * @param wanted by their ids
   */
  static Scan stepwise(
      DataCalls calls, Shard shard, String collection, int sideBySide, Predicate<String> wanted) {
    Scan scan =
        new Scan(
            calls,
            new PageSizes(),
            shard,
            collection,
            MemoryBudget.pageBytes(sideBySide),
            wanted,
            null);
    scan.gentle = true;
    return scan;
  }

  /**
   * Reads the next page while the caller works on the last one.
   *
   * @param sideBySide how many scans run like this at the same time, this one included
   * @param wanted by their ids; called by other threads
   */
  static Scan ahead(
      DataCalls calls,
      Tasks tasks,
      Shard shard,
      String collection,
      int sideBySide,
      Predicate<String> wanted) {
    return new Scan(
        calls,
        calls.pageSizes(),
        shard,
        collection,
        MemoryBudget.pageBytes(sideBySide),
        wanted,
        tasks);
  }

  /**
   * Sets the number of points of the collection. A shard goes through all of them for every page,
   * so only a page of more than a twelfth of them costs it more by its own rows.
   */
  Scan of(long points) {
    count = points;
    return this;
  }

  /** Resumes another scan after {@code lastId}, the row at or before an offset. */
  Scan resumeAt(long where, String lastId) {
    if (where > 0 || !lastId.isEmpty()) {
      offset = where;
      seen = lastId;
    }
    return this;
  }

  /** Makes the scan read only while its group has the turn. Call it before the first read. */
  void inGroup(AlternatingReads.Group its) {
    group = its;
    its.add(this);
  }

  /**
   * Starts with small pages and grows them fourfold. Use it when writing a row takes longer than
   * reading it: the first rows are available sooner.
   */
  void startSmall() {
    rowsAtMost = PageSizes.FIRST_ROWS;
  }

  /** Starts to read, if this scan reads ahead, its rows are not long and its group has the turn. */
  void begin() {
    boolean may = (group == null || group.hasTurn()) && !calls.pageSizes().isLong(collection);
    if (ahead != null && may && reading == null && !over) {
      reading = ahead.start("scan " + shard.primaryUrl() + " " + collection, this::read);
    }
  }

  /** Whether {@link #next} need not wait. */
  boolean isReady() {
    return over || (reading == null ? calls.pageSizes().isLong(collection) : reading.isDone());
  }

  /** The next page; null at the end. */
  @Nullable Page next() throws StepException, InterruptedException {
    if (over) {
      return null;
    }
    if (group != null && reading == null) {
      group.take();
    }
    begin();
    Page page = reading == null ? read() : TaskJoin.of(reading, StepException.class);
    reading = null;
    over = page.last();
    begin();
    return page;
  }

  /** Waits until the page that is being read is there; {@link #next} returns it. */
  void awaitRead() throws StepException, InterruptedException {
    if (reading != null) {
      var unused = TaskJoin.of(reading, StepException.class);
    }
  }

  /** Tells a stepwise scan that its caller has deleted rows it has returned. */
  void gone(int rows) {
    offset = Math.max(0, offset - rows);
  }

  private Page read() throws StepException, InterruptedException {
    if (fetchLimit == 0) {
      fetchLimit = Math.max(DataCalls.SMALLEST_PAGE, calls.fetchLimit(shard, collection));
    }
    long from = offset;
    long back = 0;
    while (true) {
      rest();
      int fits = fits();
      boolean firstAlone = seen == null && calls.pageSizes().isLong(collection);
      int asked = firstAlone ? 1 : Math.min(Math.min(rowsAtMost, fits), fetchLimit);
      rowsAtMost = (int) Math.min(Integer.MAX_VALUE, (long) rowsAtMost * GROWTH_FROM_SMALL);
      // If rows are longer than before by more than a quarter, a smaller page is requested.
      long bytes = gentle && asked > fewOfAll() ? gentleBytes() : pageBytes;
      int most = (int) (bytes + bytes / 4);
      long begun = time.nanos();
      // The overlapping row was returned with the page before.
      Predicate<String> fresh = id -> isAfterSeen(id) && wanted.test(id);
      DataCalls.Page page = calls.page(shard, collection, from, asked, most, count, fresh);
      readEnd = time.nanos();
      readNanos = readEnd - begun;
      ShardPage listed = page.listed();
      if (from > 0 && (listed.count() == 0 || isAfterSeen(listed.first()))) {
        back = Math.max(page.limit() / 2, 2 * back);
        from = Math.max(0, from - back);
        continue;
      }
      sizes.learn(shard, collection, listed, page.limit());
      long next = from + Math.max(0, listed.count() - 1);
      boolean last = listed.count() < page.limit();
      boolean further = listed.count() > 0 && isAfterSeen(listed.last());
      offset = next;
      if (further) {
        seen = listed.last();
      }
      if (last || further) {
        return new Page(from, next, listed.rows(), seen == null ? "" : seen, last);
      }
      from = next;
    }
  }

  private int fits() {
    int most = sizes.rows(shard, collection, pageBytes);
    if (!gentle) {
      return most;
    }
    return (int) Math.min(most, Math.max(sizes.rows(shard, collection, gentleBytes()), fewOfAll()));
  }

  private long gentleBytes() {
    return Math.min(GENTLE_PAGE_BYTES, pageBytes);
  }

  private long fewOfAll() {
    return count / DataCalls.ROWS_PER_LISTED_ROW;
  }

  /** Writers wait while a page is read, so they get as much time as a long page took. */
  private void rest() throws InterruptedException {
    long left = readNanos - (time.nanos() - readEnd);
    if (readNanos > LONG_PAGE_NANOS && left > 0) {
      time.sleep(Duration.ofNanos(left));
    }
  }

  private boolean isAfterSeen(String id) {
    return seen == null || Utf8Order.INSTANCE.compare(id, seen) > 0;
  }

  @Override
  public void close() {
    over = true;
    if (reading != null) {
      reading.cancel();
      TaskJoin.quietly(reading);
      reading = null;
    }
  }
}
