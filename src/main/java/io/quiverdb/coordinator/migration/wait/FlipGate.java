package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Gate;
import java.time.Duration;

/**
 * Gathers the routers before a flip: from the gate on, members hold their polls, and whoever polls
 * is there when this returns. A flip that is logged soon after it reaches all of them in the same
 * moment. A router that polls elsewhere, a new leader, or last checks that take long only make
 * routers late: nothing rests on it.
 */
public final class FlipGate {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private FlipGate() {}

  /** Returns when every router that polls a member waits for its answer. */
  public static void await(MigrationContext context) throws InterruptedException {
    context.control().gate();
    long end = context.time().nanos() + Gate.WAIT.toNanos();
    context.control().waiting("gate", "until each router has a poll that waits for the flip");
    while (context.time().nanos() - end < 0) {
      context.control().check();
      context.time().sleep(POLL_INTERVAL);
    }
    context.control().check();
    context.control().goingOn();
  }
}
