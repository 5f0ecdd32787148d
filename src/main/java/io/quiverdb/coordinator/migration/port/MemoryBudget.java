package io.quiverdb.coordinator.migration.port;

import java.time.Duration;
import java.util.Optional;

/**
 * The bytes that everything which reads points may have in memory together, in the whole process:
 * the step of a move, what is done beside it, and estimates. What does not fit waits. Thread-safe.
 *
 * <p>A task takes all that it will need at once and never asks for more before it has given that
 * back: so nobody waits for one who waits, and all come to their turn.
 */
public final class MemoryBudget {
  /** What a member needs for everything else, with the heap that it is shipped with. */
  private static final long OTHER_BYTES = 32 << 20;

  /** Work on points: pages, the batches and bodies that are on their way, ids to compare again. */
  public static final long STEP_BYTES = 48 << 20;

  /** A row as long as shards take, while it is read. */
  public static final long LONG_ROW_BYTES = 36 << 20;

  /** A few rows, and the page that they come in. */
  public static final long FEW_ROWS_BYTES = 8 << 20;

  /**
   * What the wanted rows of all scans that run side by side may have together, of {@link
   * #STEP_BYTES}. More lets the collector stop the leader for so long that it is voted out.
   */
  private static final long PAGES_BYTES = 24 << 20;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final long all;
  private long free;

  /** A part of it. */
  public final class Share implements AutoCloseable {
    private long bytes;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /** Gives it back; once is enough. */
    @Override
    public void close() {
      giveBack(this);
    }
  }

  /**
   * A budget.
   *
   * @param bytes of everything together
   */
  public MemoryBudget(long bytes) {
    this.all = Math.max(1, bytes);
    this.free = all;
  }

  /** What a heap of this size leaves for points; at least what one step needs. */
  public static MemoryBudget ofHeap(long maxBytes) {
    return new MemoryBudget(Math.max(STEP_BYTES + FEW_ROWS_BYTES, maxBytes - OTHER_BYTES));
  }

  /** What a page of a scan that reads ahead beside others may keep, in bytes. */
  public static long pageBytes(int sideBySide) {
    return PAGES_BYTES / (2L * sideBySide);
  }

  /** Takes so much if it is free now; who wants more than there is gets everything. */
  public synchronized Optional<Share> tryTake(long bytes) {
    long wanted = Math.min(bytes, all);
    if (wanted > free) {
      return Optional.empty();
    }
    free -= wanted;
    return Optional.of(new Share(wanted));
  }

  /** Waits until so much is free, and takes it. */
  public Share take(long bytes, Time time) throws InterruptedException {
    Optional<Share> share = tryTake(bytes);
    while (share.isEmpty()) {
      time.sleep(POLL_INTERVAL);
      share = tryTake(bytes);
    }
    return share.get();
  }

  private synchronized void giveBack(Share share) {
    free += share.bytes;
    share.bytes = 0;
  }
}
