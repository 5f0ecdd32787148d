// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import java.time.Duration;

/**
 * Tracks since when an endpoint has answered every poll. If more than 3 s pass between two polls
 * the clock restarts: this process, or the whole machine, may have been paused. Not thread-safe.
 */
final class UptimeTracker {
  private static final Duration MAX_POLL_GAP = Duration.ofSeconds(3);

  private boolean answers;
  private long sinceNanos;
  private long lastNanos;

  /** The endpoint did not answer. */
  void silent() {
    answers = false;
  }

  /** Whether it answered when it was last asked. */
  boolean answers() {
    return answers;
  }

  /**
   * The endpoint has answered.
   *
   * @param nanos now
   * @return since when it answers; now, if it did not answer before
   */
  long answered(long nanos) {
    if (!answers || nanos - lastNanos > MAX_POLL_GAP.toNanos()) {
      answers = true;
      sinceNanos = nanos;
    }
    lastNanos = nanos;
    return sinceNanos;
  }
}
