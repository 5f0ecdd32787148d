// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.time.Duration;

/**
 * Announces a flip: from its entry on, members hold the polls of routers until the flip is applied,
 * so that it reaches all routers at the same time. Not needed for correctness.
 *
 * @param index of its entry: identifies the gate
 */
public record Gate(long index) {
  /**
   * How long the leader waits between gate and flip. A router polls 2 s after its last poll ended:
   * by then a poll of each router is held.
   */
  public static final Duration WAIT = Duration.ofMillis(2_200);

  /**
   * The longest time for which a member holds polls, from the moment at which it applied the gate.
   */
  public static final Duration LIMIT = Duration.ofSeconds(4);
}
