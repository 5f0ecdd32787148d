// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;
import java.util.Optional;

/**
 * Bounds the memory of everything that reads points in this process: the step of a migration, its
 * background tasks, and estimates. What does not fit waits. Thread-safe.
 *
 * <p>A task takes all the memory it needs at once, and takes no more before it has given that back.
 * So there is no deadlock.
 */
public final class MemoryBudget {
  /** The part of the default heap that a member needs for everything else, in bytes. */
  private static final long OTHER_BYTES = 32 << 20;

  /**
   * One step's work on points, in bytes: pages, batches and bodies that are being sent, ids to
   * compare again.
   */
  public static final long STEP_BYTES = 48 << 20;

  /** The longest row that shards accept, while it is read, in bytes. */
  public static final long LONG_ROW_BYTES = 36 << 20;

  /** A few rows and their page, in bytes. */
  public static final long FEW_ROWS_BYTES = 8 << 20;

  /**
   * The part of {@link #STEP_BYTES} for the rows of all parallel scans. With more, pauses of the
   * garbage collector cost the leader its leadership.
   */
  private static final long PAGES_BYTES = 24 << 20;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final long all;
  private long free;

  /** A part of the budget. */
  public final class Share implements AutoCloseable {
    private long bytes;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /** Gives it back. Idempotent. */
    @Override
    public void close() {
      giveBack(this);
    }
  }

  /**
   * A budget.
   *
   * @param bytes of the whole budget
   */
  public MemoryBudget(long bytes) {
    this.all = Math.max(1, bytes);
    this.free = all;
  }

  /** The budget for a heap of this size; at least what one step needs. */
  public static MemoryBudget ofHeap(long maxBytes) {
    return new MemoryBudget(Math.max(STEP_BYTES + FEW_ROWS_BYTES, maxBytes - OTHER_BYTES));
  }

  /** The memory for a page of one of several scans that read ahead, in bytes. */
  public static long pageBytes(int sideBySide) {
    return PAGES_BYTES / (2L * sideBySide);
  }

  /** Takes memory if it is free now. A request for more than the budget takes all of it. */
  public synchronized Optional<Share> tryTake(long bytes) {
    long wanted = Math.min(bytes, all);
    if (wanted > free) {
      return Optional.empty();
    }
    free -= wanted;
    return Optional.of(new Share(wanted));
  }

  /** Takes memory, and waits until it is free. */
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
