package io.quiverdb.coordinator.migration.wait;

import java.time.Duration;

/**
 * Since when something is known to answer. Whoever did not ask for a while stood still, and perhaps
 * everything else with it: what is asked once a second has to be seen to answer every few. For one
 * thread.
 */
final class UptimeTracker {
  private static final Duration MAX_POLL_GAP = Duration.ofSeconds(3);

  private boolean answers;
  private long sinceNanos;
  private long lastNanos;

  /** It did not answer. */
  void silent() {
    answers = false;
  }

  /** Whether it answered when it was last asked. */
  boolean answers() {
    return answers;
  }

  /**
   * It has answered.
   *
   * @param nanos now
   * @return since when it answers; now, if that is news: what stood still until then may still have
   *     had a request inside
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
