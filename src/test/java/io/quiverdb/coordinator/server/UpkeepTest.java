// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UpkeepTest {
  @Test
  void whatFailsComesBackAllTheSame() throws Exception {
    CountDownLatch delayed = new CountDownLatch(3);
    CountDownLatch timed = new CountDownLatch(3);
    Upkeep upkeep = new Upkeep(2, Thread::new);
    try {
      var one = upkeep.scheduleWithFixedDelay(() -> fail(delayed), 0, 1, TimeUnit.MILLISECONDS);
      var two = upkeep.scheduleAtFixedRate(() -> fail(timed), 0, 1, TimeUnit.MILLISECONDS);
      assertTrue(delayed.await(10, TimeUnit.SECONDS) && timed.await(10, TimeUnit.SECONDS));
      assertTrue(!one.isDone() && !two.isDone());
    } finally {
      upkeep.shutdownNow();
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
