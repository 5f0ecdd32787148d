package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.HealthyWait;
import java.time.Duration;

/**
 * Requests whose outcome nobody knows: those of an earlier leader, and those of a step of ours that
 * did not come to its end. Until they can take effect no more, no other request on data is sent,
 * and nothing is logged that rests on what shards hold. For the executor's thread but for {@link
 * #takeoverLeft}.
 */
public final class TakeoverQuiet {
  private final long begunNanos;
  private final Duration takeoverQuiet;
  private final Duration dataTimeout;
  private volatile boolean inherited;
  private boolean own;

  /**
   * From the beginning of a leadership.
   *
   * @param inherited whether an earlier leader's requests may still be under way
   */
  public TakeoverQuiet(MigrationSettings settings, long nanos, boolean inherited) {
    this.begunNanos = nanos;
    this.takeoverQuiet = settings.takeoverQuiet();
    this.dataTimeout = settings.dataTimeout();
    this.inherited = inherited;
  }

  /** How long an earlier leader's requests may still be on their way; zero: not any more. */
  public Duration takeoverLeft(long nanos) {
    Duration left = takeoverQuiet.minusNanos(nanos - begunNanos);
    return inherited && !left.isNegative() ? left : Duration.ZERO;
  }

  /** A step ended, and may have left a request behind. */
  public void stepBroken() {
    own = true;
  }

  /** Whether {@link #settle} has something to wait for. */
  public boolean owes() {
    return inherited || own;
  }

  /** Waits until all outcomes are known; whole again after an interruption. */
  public void settle(HealthyWait quiet, long nanos) throws InterruptedException {
    Duration left = takeoverLeft(nanos);
    if (inherited) {
      // A shard that stood still while time went by may still have a request inside.
      quiet.await(Durations.max(left, dataTimeout), "takeover");
    } else if (own) {
      quiet.await(dataTimeout, "outcomes");
    }
    inherited = false;
    own = false;
  }
}
