// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.thread;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs its one periodic task when the test calls it. */
public final class ManualScheduler extends ScheduledThreadPoolExecutor {
  private Runnable task = () -> {};

  public ManualScheduler() {
    super(1);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable periodic, long first, long delay, TimeUnit unit) {
    task = periodic;
    return super.schedule(() -> {}, 0, TimeUnit.SECONDS);
  }

  /** Runs it once, here. */
  public void turn() {
    task.run();
  }
}
