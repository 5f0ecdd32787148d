// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.thread;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs periodic tasks. An exception or an error of a task is logged, and the task runs again: the
 * JDK's executor would drop it for good, silently. An error is no exception to that: a class may be
 * gone with a jar that was replaced. Thread-safe.
 */
public final class PeriodicExecutor extends ScheduledThreadPoolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicExecutor.class);

  /**
   * With threads that exist until it is shut down.
   *
   * @param threads how many tasks may run at once, at least 1
   */
  public PeriodicExecutor(int threads, ThreadFactory factory) {
    super(threads, factory);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return super.scheduleWithFixedDelay(() -> guarded(task), initialDelay, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return super.scheduleAtFixedRate(() -> guarded(task), initialDelay, period, unit);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a periodic task failed and will be tried again", e);
    }
  }
}
