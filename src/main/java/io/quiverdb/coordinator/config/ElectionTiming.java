// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.time.Duration;

/**
 * The range of the random time that a member waits for its leader before it becomes a candidate.
 *
 * @param min the shortest wait
 * @param max the longest wait, above {@code min}
 */
public record ElectionTiming(Duration min, Duration max) {
  /** For members a few milliseconds apart. */
  public static final ElectionTiming LAN =
      new ElectionTiming(Duration.ofMillis(150), Duration.ofMillis(300));

  /** For members in different regions. */
  public static final ElectionTiming WAN =
      new ElectionTiming(Duration.ofSeconds(1), Duration.ofSeconds(2));
}
