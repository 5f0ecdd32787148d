// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures the age of proofs: the larger of the times that the monotonic clock and the wall clock
 * have measured. The monotonic clock stops while the machine is suspended or its virtual machine is
 * paused, and a proof from before must count as old. If the wall clock is set forward, proofs look
 * old, which costs one more proof. If it is set back, nothing changes.
 *
 * <p>Thread-safe. Takes a lock only after a jump.
 */
public final class ProofClock {
  /** The difference of the clocks without a jump, because one is read after the other. */
  private static final long JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final LongSupplier monotonic;
  private final Clock wall;
  private volatile Jumps jumps;

  /**
   * The jumps so far.
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
   * @param monotonic nanoseconds from an arbitrary origin, such as {@link System#nanoTime}
   */
  public ProofClock(LongSupplier monotonic, Clock wall) {
    this.monotonic = monotonic;
    this.wall = wall;
    this.jumps = new Jumps(ahead(monotonic.getAsLong()), 0);
  }

  /** Nanoseconds from an arbitrary origin; only differences have a meaning. */
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
