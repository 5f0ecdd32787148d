// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The real engine in many worlds. One that breaks is printed with its last events and its seed;
 * {@code make sim SEEDS=...} runs it again.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MigrationSimTest {
  private static final int USUAL = 2000;
  private static final int SHOWN = 3;

  @Test
  void noWorldLosesWhatItAcknowledged() throws InterruptedException {
    Iterator<Long> seeds = Seeds.chosen(USUAL).boxed().iterator();
    Collection<String> broken = new ConcurrentLinkedQueue<>();
    Thread[] workers = new Thread[Math.min(4, Runtime.getRuntime().availableProcessors())];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Thread(() -> run(seeds, broken), "sim-driver-" + i);
      workers[i].start();
    }
    for (Thread worker : workers) {
      worker.join();
    }
    assertEquals(0, broken.size(), () -> "\n" + String.join("\n\n", broken));
  }

  private static void run(Iterator<Long> seeds, Collection<String> broken) {
    Simulation simulation = new Simulation(RealEngine::new, setup -> {});
    while (broken.size() < SHOWN) {
      long seed;
      synchronized (seeds) {
        if (!seeds.hasNext()) {
          return;
        }
        seed = seeds.next();
      }
      try {
        simulation.run(seed);
      } catch (AssertionError e) {
        broken.add(e.getMessage() + "\nReplay: make sim SEEDS=" + seed);
      }
    }
  }
}
