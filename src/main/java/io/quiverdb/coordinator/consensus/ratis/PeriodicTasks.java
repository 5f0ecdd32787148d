// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.thread.DaemonThreads;
import io.quiverdb.coordinator.thread.PeriodicExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Periodic tasks of one member, each on its own daemon thread. Thread-safe. */
final class PeriodicTasks {
  private final String memberId;
  private final List<ScheduledExecutorService> timers = new ArrayList<>();
  private boolean stopped;

  PeriodicTasks(String memberId) {
    this.memberId = memberId;
  }

  /** A task that may fail. */
  @FunctionalInterface
  interface Task {
    void run() throws Exception;
  }

  /**
   * Runs a task until {@link #stop}; never after it. {@link PeriodicExecutor} logs a failure and
   * runs the task again.
   *
   * @param name of its thread, behind the member's id
   * @param interval between two runs
   */
  synchronized void repeat(String name, Duration interval, Task task) {
    if (stopped) {
      return;
    }
    ScheduledExecutorService timer =
        new PeriodicExecutor(1, DaemonThreads.named(memberId + "-" + name));
    timers.add(timer);
    var unused =
        timer.scheduleWithFixedDelay(
            () -> unchecked(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void unchecked(Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends all tasks; those that run are interrupted. */
  synchronized void stop() {
    stopped = true;
    timers.forEach(ScheduledExecutorService::shutdownNow);
  }
}
