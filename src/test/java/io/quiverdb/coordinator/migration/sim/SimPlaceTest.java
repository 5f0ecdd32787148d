// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A line of the log names its place in a simulated world. */
class SimPlaceTest {
  private final List<String> places = new ArrayList<>();

  private void log() {
    LoggingEvent event = new LoggingEvent();
    event.setThreadName("a thread");
    places.add(new SimPlace().convert(event));
  }

  @Test
  void namesSeedTimeAndActor() {
    Sim sim = new Sim(new ActorThread.Pool(), new Chance(7), new Trace(), 10_000_000_000L, 100);
    sim.live(
        () -> {
          sim.after(1_000_000_000, this::log);
          sim.spawn(new Group("c1"), "engine-1", this::log);
          sim.sleep(1_500_000_000);
          log();
        });
    log();
    assertEquals(
        List.of(
            "seed 7 0.0000 c1/engine-1",
            "seed 7 1.0000 event",
            "seed 7 1.5000 world/main",
            "a thread"),
        places);
  }
}
