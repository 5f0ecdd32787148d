// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time that has passed, for what proves something until it is too old: the larger of what the
 * monotonic clock and the clock on the wall say. The monotonic one stands still while the machine
 * is suspended, or its virtual machine is paused; a proof from before must count as old. A wall
 * clock that is set forward makes proofs old, which costs one more proof; one that is set back
 * changes nothing.
 *
 * <p>Thread-safe; no lock, but for the moment after a jump.
 */
public final class ProofClock {
  /** What the clocks differ by without a jump: one is read after the other. */
  private static final long JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final LongSupplier monotonic;
  private final Clock wall;
  private volatile Jumps jumps;

  /**
   * What is known of jumps.
   *
   * @param ahead wall clock minus monotonic clock, when they were last compared after a jump
   * @param added all jumps forward
   */
  private record Jumps(long ahead, long added) {
    boolean explain(long nowAhead) {
      return Math.abs(nowAhead - ahead) <= JITTER_NANOS;
    }

    Jumps and(long nowAhead) {
      return new Jumps(nowAhead, added + Math.max(0, nowAhead - ahead));
    }
  }

  /**
   * A clock.
   *
   * @param monotonic nanoseconds from any beginning, such as {@link System#nanoTime}
   */
  public ProofClock(LongSupplier monotonic, Clock wall) {
    this.monotonic = monotonic;
    this.wall = wall;
    this.jumps = new Jumps(ahead(monotonic.getAsLong()), 0);
  }

  /** Nanoseconds from any beginning; only their differences mean something. */
  public long nanos() {
    long now = monotonic.getAsLong();
    long ahead = ahead(now);
    Jumps known = jumps;
    return now + (known.explain(ahead) ? known.added() : added(ahead));
  }

  private synchronized long added(long ahead) {
    if (!jumps.explain(ahead)) {
      jumps = jumps.and(ahead);
    }
    return jumps.added();
  }

  private long ahead(long now) {
    Instant instant = wall.instant();
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano() - now;
  }
}
