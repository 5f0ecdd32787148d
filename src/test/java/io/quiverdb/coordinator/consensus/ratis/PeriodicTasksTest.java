// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicTasksTest {
  private final PeriodicTasks tasks = new PeriodicTasks("c1");

  @AfterEach
  void end() {
    tasks.stop();
  }

  @Test
  void aPeriodicTaskOutlivesAnErrorAndAnException() throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    tasks.repeat(
        "test",
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

  @Test
  void nothingRunsOnceItHasStopped() {
    AtomicInteger runs = new AtomicInteger();
    tasks.stop();
    tasks.repeat("late", Duration.ofMillis(1), runs::incrementAndGet);
    await().during(Duration.ofMillis(50)).until(() -> runs.get() == 0);
  }
}
