// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProofClockTest {
  private final FakeClock machine = new FakeClock();
  private final ProofClock clock = machine.proofs();
  private final long begun = clock.nanos();

  @Test
  void timeThatPassesCountsOnce() {
    for (int i = 0; i < 1_000; i++) {
      machine.pass(Duration.ofMillis(3));
      assertEquals(Duration.ofMillis(3L * (i + 1)), passed());
    }
  }

  @Test
  void whatOnlyTheWallClockSawCounts() {
    machine.pass(Duration.ofSeconds(1));
    machine.step(Duration.ofHours(1));
    assertEquals(Duration.ofSeconds(3_601), passed());
    machine.pass(Duration.ofSeconds(1));
    assertEquals(Duration.ofSeconds(3_602), passed());
  }

  @Test
  void aWallClockThatIsSetBackTakesNothingAway() {
    machine.pass(Duration.ofSeconds(5));
    machine.step(Duration.ofHours(-1));
    assertEquals(Duration.ofSeconds(5), passed());
    machine.step(Duration.ofSeconds(30));
    assertEquals(Duration.ofSeconds(35), passed(), "what comes after it counts");
  }

  @Test
  void oneReadingAfterTheOtherIsNoJump() {
    for (int i = 0; i < 1_000; i++) {
      machine.step(Duration.ofMillis(i % 2 == 0 ? 4 : -4));
      assertEquals(Duration.ZERO, passed());
    }
  }

  @Test
  void aWallClockThatRunsFastIsFollowed() {
    for (int i = 0; i < 1_000; i++) {
      machine.pass(Duration.ofMillis(9));
      machine.step(Duration.ofMillis(1));
    }
    assertEquals(10_000, passed().toMillis(), 10);
  }

  private Duration passed() {
    return Duration.ofNanos(clock.nanos() - begun);
  }
}
