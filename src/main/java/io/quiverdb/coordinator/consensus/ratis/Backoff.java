// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Spaces out attempts for a member that keep failing: each pause is twice as long as the one
 * before, up to a bound. Used by one thread.
 */
final class Backoff {
  private record Pause(long sinceNanos, long nanos) {}

  private final long first;
  private final long longest;
  private final Map<String, Pause> pauses = new HashMap<>();

  /**
   * Starts without any attempt.
   *
   * @param first the pause after the first attempt
   * @param longest no pause is longer
   */
  Backoff(Duration first, Duration longest) {
    this.first = first.toNanos();
    this.longest = longest.toNanos();
  }

  /** Whether the next attempt may begin. */
  boolean due(String member, long nowNanos) {
    Pause pause = pauses.get(member);
    return pause == null || nowNanos - pause.sinceNanos() >= pause.nanos();
  }

  /** Notes that an attempt has ended and may have to be repeated. */
  void attempted(String member, long nowNanos) {
    Pause before = pauses.get(member);
    pauses.put(
        member,
        new Pause(nowNanos, before == null ? first : Math.min(longest, before.nanos() * 2)));
  }

  /** Notes a success: the next attempt counts as the first. */
  void forget(String member) {
    pauses.remove(member);
  }
}
