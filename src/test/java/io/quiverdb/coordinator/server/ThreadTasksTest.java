// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.port.Tasks;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task that is cancelled is interrupted, and waited for all the same. */
class ThreadTasksTest {
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final Tasks tasks = new ThreadTasks(threads);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void givesWhatTheWorkGaveOrThrew() throws Exception {
    assertEquals(5, tasks.start("five", () -> 5).join());
    Tasks.Task<String> failing =
        tasks.start(
            "failing",
            () -> {
              throw new IOException("no");
            });
    assertEquals("no", assertThrows(IOException.class, failing::join).getMessage());
    assertTrue(failing.isDone());
  }

  @Test
  void aCancelInterruptsAndJoinWaitsForTheEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Tasks.Task<String> task =
        tasks.start(
            "waiting",
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              mayEnd.await();
              return "ended";
            });
    begun.await();
    task.cancel();
    assertFalse(task.isDone());
    mayEnd.countDown();
    assertEquals("ended", task.join());
    assertTrue(interrupted.get());
  }

  @Test
  void aCancelReachesWorkThatHasNotBegunAndNoOther() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    Tasks.Task<Boolean> first =
        tasks.start(
            "first",
            () -> {
              free.await();
              return true;
            });
    Tasks.Task<Boolean> second =
        tasks.start("second", () -> Thread.currentThread().isInterrupted());
    Tasks.Task<Boolean> third = tasks.start("third", () -> Thread.currentThread().isInterrupted());
    second.cancel();
    free.countDown();
    assertTrue(first.join());
    assertTrue(second.join());
    assertFalse(third.join());
    second.cancel();
    assertFalse(tasks.start("fourth", () -> Thread.currentThread().isInterrupted()).join());
  }
}
