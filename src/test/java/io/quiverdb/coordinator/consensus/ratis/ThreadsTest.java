package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs again and again. */
class ThreadsTest {
  private final ScheduledExecutorService timer = Threads.timer("timer");

  @AfterEach
  void end() {
    timer.shutdownNow();
  }

  @Test
  void aPeriodicTaskOutlivesAnErrorAndAnException() throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    Threads.repeat(
        timer,
        Duration.ofMillis(1),
        () -> {
          runs.countDown();
          if (runs.getCount() == 2) {
            throw new NoClassDefFoundError("gone with a jar that was replaced");
          }
          throw new IOException("once more");
        });
    assertTrue(runs.await(10, TimeUnit.SECONDS), "it ran " + (3 - runs.getCount()) + " times");
  }
}
