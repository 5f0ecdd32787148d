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
 * All points of a collection on a shard that exist throughout, in the order of their ids, each at
 * most once. The listing is live: rows come and go before, at and after the place that is read.
 *
 * <p>So pages overlap by one row. A page is taken if it begins the listing, or begins no later than
 * the last id seen; else rows vanished before it, others slid under the pages read already, and it
 * is read again further back. For one task at a time.
 */
final class Scan implements AutoCloseable {
  private static final long GENTLE_PAGE_BYTES = 2 << 20;

  /** A page that holds a shard for longer is followed by a rest of the same length. */
  private static final long LONG_PAGE_NANOS = Duration.ofMillis(250).toNanos();

  /** So many times the rows of the page before, while those are worked on. */
  private static final int GROWTH_FROM_SMALL = 4;

  /**
   * Rows that were not seen before.
   *
   * @param offset where the page stands in the listing
   * @param next where the next one begins: at the last row of this one
   * @param rows those that are wanted
   * @param reached the last id that was seen, wanted or not; empty if there was none
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
   * One page at a time, read when it is asked for: for who deletes the rows it reads, or looks some
   * up, while nothing waits for the end. The pages are small, so that a shard's clients hardly
   * notice.
   *
   * @param sideBySide how many of them may hold a page at the same time, this one included
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
   * The next page is read while the last one is worked on.
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
   * So many points the collection is known to have there. A shard goes through all of them for
   * every page, and only a page of more than a twelfth of them costs it more by its own rows.
   */
  Scan of(long points) {
    count = points;
    return this;
  }

  /** Goes on where another scan has been: after {@code lastId}, the row at or before an offset. */
  Scan resumeAt(long where, String lastId) {
    if (where > 0 || !lastId.isEmpty()) {
      offset = where;
      seen = lastId;
    }
    return this;
  }

  /** Reads only while that side has its turn; to be called before anything is read. */
  void inGroup(AlternatingReads.Group its) {
    group = its;
    its.add(this);
  }

  /**
   * Has the first rows come soon, and the next ones before those are worked on: for who works on
   * rows for longer than it takes to read them.
   */
  void startSmall() {
    rowsAtMost = PageSizes.FIRST_ROWS;
  }

  /** Starts to read, if this scan reads ahead, its rows are not long and its side has the turn. */
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

  /** Waits until nothing is being read; what was read is for {@link #next}. */
  void awaitRead() throws StepException, InterruptedException {
    if (reading != null) {
      var unused = TaskJoin.of(reading, StepException.class);
    }
  }

  /** So many rows up to the last one seen were deleted by the caller of a stepwise scan. */
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
      // Longer rows than those before: beyond a quarter more, a smaller page is asked for.
      long bytes = gentle && asked > fewOfAll() ? gentleBytes() : pageBytes;
      int most = (int) (bytes + bytes / 4);
      long begun = time.nanos();
      // The row by which pages overlap is there already.
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

  /** Writers wait while a page is read: so they get as long a time as a long page took. */
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
