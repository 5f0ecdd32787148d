// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.WaitContext;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tracks the shards that may still execute a request of this member that got no answer. One
 * instance serves all migrations of a leader, so that none is lost when a step ends early.
 * Thread-safe, except {@link #awaitOutcomes}, which needs that no request is open.
 */
public final class UnknownOutcomes {
  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SLOW_ANSWER = Duration.ofSeconds(1);

  /** Failures in a row before the migration holds. */
  private static final int MAX_FAILURES = 5;

  /** By URL: a shard that joins again has another id, and may still have the request inside. */
  private final Set<String> uncertain = new HashSet<>();

  /** A request of ours to this shard ended without a known outcome. */
  public synchronized void unknown(Shard shard) {
    uncertain.add(shard.primaryUrl());
  }

  private synchronized boolean isUnknown(Shard shard) {
    return uncertain.contains(shard.primaryUrl());
  }

  private synchronized void known(Shard shard) {
    uncertain.remove(shard.primaryUrl());
  }

  /** The same for the shards of a migration. */
  public void awaitOutcomes(MigrationContext context) throws InterruptedException {
    awaitOutcomes(context, PointSlice.of(context).shards());
  }

  /**
   * Waits until none of these requests can take effect: until each shard concerned has answered
   * writes for {@code dataTimeout}. Does not wait for skipped shards.
   *
   * @param shards those that may be concerned
   */
  public void awaitOutcomes(WaitContext context, List<Shard> shards) throws InterruptedException {
    for (Shard shard : shards) {
      if (isUnknown(shard) && awaitQuiet(context, shard)) {
        known(shard);
      }
    }
  }

  /** Whether the wait has ended; false if the shard is skipped. */
  private static boolean awaitQuiet(WaitContext context, Shard shard) throws InterruptedException {
    Time time = context.time();
    UptimeTracker answering = new UptimeTracker();
    int troubles = 0;
    while (!context.control().skips(shard.id())) {
      context.control().check();
      String trouble = probe(context, shard);
      if (!trouble.isEmpty()) {
        answering.silent();
        if (++troubles > MAX_FAILURES) {
          context.control().hold("shard", trouble, List.of(shard.primaryUrl()));
        } else {
          context.control().reportWaiting("shard", trouble, List.of(shard.primaryUrl()));
          time.sleep(PROBE_INTERVAL);
        }
        continue;
      }
      troubles = 0;
      long now = time.nanos();
      long left = context.settings().dataTimeout().toNanos() - (now - answering.answered(now));
      if (left <= 0) {
        context.control().goingOn();
        return true;
      }
      context
          .control()
          .reportWaiting(
              "data_timeout",
              "what " + shard.primaryUrl() + " did not answer may still come",
              List.of(shard.primaryUrl()));
      time.sleep(Duration.ofNanos(Math.min(left, PROBE_INTERVAL.toNanos())));
    }
    return false;
  }

  /** What is wrong; empty if the shard answers an empty write in time. */
  private static String probe(WaitContext context, Shard shard) throws InterruptedException {
    long asked = context.time().nanos();
    try {
      context.shards().role(shard.primaryUrl());
    } catch (ShardException e) {
      return String.valueOf(e.getMessage());
    }
    return context.time().nanos() - asked > SLOW_ANSWER.toNanos()
        ? shard.primaryUrl() + " takes over a second to answer an empty write"
        : "";
  }
}
