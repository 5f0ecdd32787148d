// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The thread of the streams, run by the test, with a clock that the test sets. */
final class VirtualTurn implements Turn {
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }
}
