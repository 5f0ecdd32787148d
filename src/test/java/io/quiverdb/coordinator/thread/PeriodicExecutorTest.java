// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.thread;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeriodicExecutorTest {
  @Test
  void whatFailsComesBackAllTheSame() throws Exception {
    CountDownLatch delayed = new CountDownLatch(3);
    CountDownLatch timed = new CountDownLatch(3);
    PeriodicExecutor executor = new PeriodicExecutor(2, Thread::new);
    try {
      var one = executor.scheduleWithFixedDelay(() -> fail(delayed), 0, 1, TimeUnit.MILLISECONDS);
      var two = executor.scheduleAtFixedRate(() -> fail(timed), 0, 1, TimeUnit.MILLISECONDS);
      assertTrue(delayed.await(10, TimeUnit.SECONDS) && timed.await(10, TimeUnit.SECONDS));
      assertTrue(!one.isDone() && !two.isDone());
    } finally {
      executor.shutdownNow();
    }
  }

  private static void fail(CountDownLatch runs) {
    runs.countDown();
    if (runs.getCount() == 2) {
      throw new NoClassDefFoundError("gone with a jar that was replaced");
    }
    throw new IllegalStateException("once more");
  }
}
