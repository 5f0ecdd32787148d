// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks of one member that run again and again, each on a daemon thread of its own. Thread-safe.
 */
final class PeriodicTasks {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);

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
   * Runs a task until {@link #stop}; never after it. A failure is logged and does not end the task.
   * An error is no exception to that: a class may be gone with a jar that was replaced, and the
   * executor would drop the task for good, without a word.
   *
   * @param name of its thread, behind the member's id
   * @param interval between two runs
   */
  synchronized void repeat(String name, Duration interval, Task task) {
    if (stopped) {
      return;
    }
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(memberId + "-" + name));
    timers.add(timer);
    var unused =
        timer.scheduleWithFixedDelay(
            () -> guarded(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void guarded(Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      LOG.error("a periodic task failed and will be tried again", e);
    }
  }

  /** Ends all tasks; those that run are interrupted. */
  synchronized void stop() {
    stopped = true;
    timers.forEach(ScheduledExecutorService::shutdownNow);
  }
}
