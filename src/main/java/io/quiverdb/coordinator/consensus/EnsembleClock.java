// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.command.Stamp;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * Stamps what this member proposes, and goes on with the time that the log has counted. Wall clocks
 * differ and jump; what must last for a day, or for a minute, is counted by monotonic clocks, each
 * of which goes on from where the log has come. Time in which no member runs is not counted.
 * Thread-safe.
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
   * @param wall for what people read
   * @param nanos a monotonic clock, such as {@link System#nanoTime}
   * @param view the applied state
   */
  public EnsembleClock(String self, Clock wall, LongSupplier nanos, StateView view) {
    this.self = self;
    this.wall = wall;
    this.nanos = nanos;
    // It lasts as long as the view, and is never closed.
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

  /** The time that the ensemble has counted; before the first entry, what the wall clock says. */
  public synchronized long countedMillis() {
    return started
        ? seenMillis + (nanos.getAsLong() - seenNanos) / 1_000_000
        : Math.max(1, wall.millis());
  }

  /** A stamp for something that this member proposes now. */
  public Stamp stamp(String keyId) {
    return stamp(self, keyId);
  }

  /**
   * A stamp for something that another member proposes through this one.
   *
   * @param node the other member's id
   */
  public Stamp stamp(String node, String keyId) {
    return new Stamp(node, keyId, wall.millis(), countedMillis());
  }

  /** The monotonic clock, in nanoseconds from nowhere in particular. */
  public long nanos() {
    return nanos.getAsLong();
  }
}
