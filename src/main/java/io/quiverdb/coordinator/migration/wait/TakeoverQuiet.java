// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.HealthyWait;
import java.time.Duration;

/**
 * Tracks requests with unknown outcome: those of an earlier leader, and those of a failed step of
 * this one. Until none of them can take effect, no data request is sent, and nothing is logged that
 * depends on the content of shards. Only {@link #takeoverLeft} is thread-safe.
 */
public final class TakeoverQuiet {
  private final long begunNanos;
  private final Duration takeoverQuiet;
  private final Duration dataTimeout;
  private volatile boolean inherited;
  private boolean own;

  /**
   * Serves one leadership, from its beginning.
   *
   * @param inherited whether an earlier leader's requests may still be under way
   */
  public TakeoverQuiet(MigrationSettings settings, long nanos, boolean inherited) {
    this.begunNanos = nanos;
    this.takeoverQuiet = settings.takeoverQuiet();
    this.dataTimeout = settings.dataTimeout();
    this.inherited = inherited;
  }

  /** How long an earlier leader's requests may still take effect; zero: none can. */
  public Duration takeoverLeft(long nanos) {
    Duration left = takeoverQuiet.minusNanos(nanos - begunNanos);
    return inherited && !left.isNegative() ? left : Duration.ZERO;
  }

  /** A step failed, and may have left a request behind. */
  public void stepBroken() {
    own = true;
  }

  /** Whether {@link #awaitQuiet} has something to wait for. */
  public boolean owes() {
    return inherited || own;
  }

  /** Waits until no such request can take effect. May be repeated after an interrupt. */
  public void awaitQuiet(HealthyWait quiet, long nanos) throws InterruptedException {
    Duration left = takeoverLeft(nanos);
    if (inherited) {
      // A shard that was paused may still have a request inside.
      quiet.await(Durations.max(left, dataTimeout), "takeover");
    } else if (own) {
      quiet.await(dataTimeout, "outcomes");
    }
    inherited = false;
    own = false;
  }
}
