// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.migration.port.Time;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real clock. */
record SystemTime(Clock clock) implements Time {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long epochMillis() {
    return clock.millis();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }
}
