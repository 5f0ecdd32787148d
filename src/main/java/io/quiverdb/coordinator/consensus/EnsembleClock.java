// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.command.Stamp;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * Stamps the commands that this member proposes, and counts the time of the ensemble. Wall clocks
 * differ and jump. So durations, such as a day for idempotency keys, are measured by monotonic
 * clocks; each continues from the time in the newest log entry. Time in which no member runs is not
 * counted. Thread-safe.
 */
public final class EnsembleClock {
  private final String self;
  private final Clock wall;
  private final LongSupplier nanos;
  private boolean started;
  private long seenMillis;
  private long seenNanos;

  /**
   * A clock that follows a log.
   *
   * @param self this member's id
   * @param wall the clock for times that people read
   * @param nanos a monotonic clock, such as {@link System#nanoTime}
   * @param view the applied state
   */
  public EnsembleClock(String self, Clock wall, LongSupplier nanos, StateView view) {
    this.self = self;
    this.wall = wall;
    this.nanos = nanos;
    // Never closed: the clock lives as long as the view.
    StateView.Subscription unused = view.subscribe(applied -> saw(applied.state().clockMillis()));
    saw(view.current().state().clockMillis());
  }

  private synchronized void saw(long countedMillis) {
    if (countedMillis > 0 && (!started || countedMillis > countedMillis())) {
      started = true;
      seenMillis = countedMillis;
      seenNanos = nanos.getAsLong();
    }
  }

  /** The counted time of the ensemble; before the first entry, the time of the wall clock. */
  public synchronized long countedMillis() {
    return started
        ? seenMillis + (nanos.getAsLong() - seenNanos) / 1_000_000
        : Math.max(1, wall.millis());
  }

  /** A stamp for a command that this member proposes now. */
  public Stamp stamp(String keyId) {
    return stamp(self, keyId);
  }

  /**
   * A stamp for a command that another member proposes through this one.
   *
   * @param node the other member's id
   */
  public Stamp stamp(String node, String keyId) {
    return new Stamp(node, keyId, wall.millis(), countedMillis());
  }

  /** The monotonic clock, in nanoseconds from an arbitrary origin. */
  public long nanos() {
    return nanos.getAsLong();
  }
}
