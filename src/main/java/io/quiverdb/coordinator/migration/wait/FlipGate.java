// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Gate;
import java.time.Duration;

/**
 * Gathers the routers before a flip. From the gate on, members hold the polls of routers, so a flip
 * that is logged soon after reaches all routers at once. Not needed for correctness: otherwise
 * routers only adopt the flip later.
 */
public final class FlipGate {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private FlipGate() {}

  /** Returns when every router that polls a member has a poll that waits. */
  public static void await(MigrationContext context) throws InterruptedException {
    context.control().gate();
    long end = context.time().nanos() + Gate.WAIT.toNanos();
    context.control().reportWaiting("gate", "until each router has a poll that waits for the flip");
    while (context.time().nanos() - end < 0) {
      context.control().check();
      context.time().sleep(POLL_INTERVAL);
    }
    context.control().check();
    context.control().goingOn();
  }
}
