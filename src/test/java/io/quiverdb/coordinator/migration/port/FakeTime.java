// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A clock that moves only when a task waits or a call costs time; then due events happen. */
public final class FakeTime implements Time {
  private final TreeMap<Long, List<Runnable>> due = new TreeMap<>();
  private long now = 1;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long epochMillis() {
    return now / 1_000_000;
  }

  @Override
  public void sleep(Duration duration) {
    long end = now + Math.max(1, duration.toNanos());
    while (!due.isEmpty() && due.firstKey() <= end) {
      var first = due.pollFirstEntry();
      now = Math.max(now, first.getKey());
      first.getValue().forEach(Runnable::run);
    }
    now = Math.max(now, end);
  }

  /** Something that happens by itself. */
  public void in(Duration delay, Runnable event) {
    due.computeIfAbsent(now + delay.toNanos(), at -> new ArrayList<>()).add(event);
  }
}
