// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.time.Duration;

/** A token bucket, in points. Thread-safe. */
public final class Throttle {
  private static final double NANOS_PER_SECOND = 1e9;

  /** The longest pause, so that a new limit takes effect soon. */
  private static final long MAX_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private double debt;
  private long paidNanos;

  /** Owes nothing yet. */
  public Throttle(long nanos) {
    this.paidNanos = nanos;
  }

  /** Takes points that were moved. */
  public synchronized void take(long points) {
    debt += points;
  }

  /**
   * How long to pause before the next look.
   *
   * @param pointsPerSecond the limit now; 0: none
   * @return the pause; zero if none is needed
   */
  public synchronized Duration pause(long pointsPerSecond, long nanos) {
    debt = Math.max(0, debt - pointsPerSecond * ((nanos - paidNanos) / NANOS_PER_SECOND));
    paidNanos = nanos;
    if (pointsPerSecond <= 0) {
      debt = 0;
    }
    // At least 1 ns: a debt of less would be a pause of zero, again and again.
    long wait =
        debt == 0
            ? 0
            : 1
                + (long)
                    Math.min((double) MAX_PAUSE_NANOS, debt / pointsPerSecond * NANOS_PER_SECOND);
    return Duration.ofNanos(wait);
  }
}
