// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.thread;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs periodic tasks. An exception or error of a task is logged, and the task runs again: the
 * JDK's executor would silently drop it. Errors included, because a class may be missing after the
 * jar was replaced. Thread-safe.
 */
public final class PeriodicExecutor extends ScheduledThreadPoolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicExecutor.class);

  /**
   * An executor with a fixed number of threads.
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
