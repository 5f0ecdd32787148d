package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers of this package, each a daemon thread with a name. */
final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  private Threads() {}

  static ScheduledExecutorService timer(String name) {
    return Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
  }

  /**
   * A task that comes back; one failure of it is logged and does not end it. An error is no
   * exception to that: a class may be gone with a jar that was replaced, and the executor would
   * drop the task for good, without a word.
   */
  static void repeat(ScheduledExecutorService timer, Duration interval, Step step) {
    Runnable guarded =
        () -> {
          try {
            step.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Throwable e) {
            LOG.error("a periodic task failed and will be tried again", e);
          }
        };
    var unused =
        timer.scheduleWithFixedDelay(
            guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A task that may fail. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }
}
