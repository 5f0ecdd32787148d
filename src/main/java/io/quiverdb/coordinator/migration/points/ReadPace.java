// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.Throttle;
import java.time.Duration;

/** Rests between the reads of a check or a sweep, so that clients hardly notice. */
final class ReadPace {
  /** A shard takes no write while it serves a page: it gets four times as long afterwards. */
  private static final int REST = 4;

  /** A page that took long because the shard was away is no reason for a rest of minutes. */
  private static final long MAX_REST_NANOS = Duration.ofSeconds(30).toNanos();

  private static final Duration MAX_SLEEP = Duration.ofMillis(500);

  private final CallContext context;
  private final long pointsPerSecond;
  private final Throttle throttle;

  /**
   * A pace.
   *
   * @param pointsPerSecond how fast points may be read; 0: unlimited
   */
  ReadPace(CallContext context, long pointsPerSecond) {
    this.context = context;
    this.pointsPerSecond = pointsPerSecond;
    this.throttle = new Throttle(context.time().nanos());
  }

  /** Rests after a read that took this long. */
  void restAfter(long workNanos) throws InterruptedException {
    rest(Math.min(REST * workNanos, MAX_REST_NANOS));
  }

  /** Rests while the work is wanted. */
  void rest(long nanos) throws InterruptedException {
    long end = context.time().nanos() + nanos;
    while (end - context.time().nanos() > 0) {
      context.control().check();
      long left = end - context.time().nanos();
      context.time().sleep(Duration.ofNanos(Math.min(left, MAX_SLEEP.toNanos())));
    }
  }

  /** Waits as long as the limit requires after this many more points. */
  void throttled(long points) throws InterruptedException {
    throttle.take(points);
    Duration pause = throttle.pause(pointsPerSecond, context.time().nanos());
    while (!pause.isZero()) {
      context.control().check();
      context.time().sleep(pause);
      pause = throttle.pause(pointsPerSecond, context.time().nanos());
    }
  }
}
