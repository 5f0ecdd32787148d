// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The network holds changes of the coordinator for up to 55 s while everything else answers. What
 * was given up is thrown away; in the same worlds where it arrives all the same, something is lost.
 */
class LateDeliveryTest {
  private static final int WORLDS = 30;
  private static final int ENOUGH = 200;

  /** Its request is held, it is deposed, and another leader flips before the network heals. */
  @Test
  void aDeposedLeadersRequestNeverArrives() {
    Consumer<Setup> worlds =
        held()
            .andThen(
                setup -> {
                  setup.members = 3;
                  setup.ousting = 40;
                  setup.faults = List.of(Faults.Kind.NODE_ISOLATED, Faults.Kind.NODE_KILLED);
                  setup.wishes = List.of(Wish.GROW);
                });
    assertSoundOnlyIfThrownAway(worlds);
  }

  /** It waits for the outcome of its own request, which is still under way, and flips. */
  @Test
  void aLeadersOwnRequestOfADrainNeverArrives() {
    Consumer<Setup> worlds =
        held()
            .andThen(
                setup -> {
                  setup.members = 1;
                  setup.wishes = List.of(Wish.GROW, Wish.DRAIN);
                });
    assertSoundOnlyIfThrownAway(worlds);
  }

  /** It would drop a collection that clients have created again and filled since. */
  @Test
  void aDropOfACollectionThatWasGivenUpNeverArrives() {
    Consumer<Setup> worlds =
        held()
            .andThen(
                setup -> {
                  setup.members = 3;
                  setup.schemers = 1;
                  setup.heldPerMille = 200;
                  setup.mayBeHeld = Call::dropsCollection;
                  setup.wishes = List.of(Wish.GROW_AND_CANCEL, Wish.GROW);
                });
    assertSoundOnlyIfThrownAway(worlds);
  }

  private static void assertSoundOnlyIfThrownAway(Consumer<Setup> worlds) {
    assertEquals(Optional.empty(), firstFailure(WORLDS, worlds));
    Consumer<Setup> delivered = worlds.andThen(setup -> setup.givenUpArrives = true);
    assertTrue(firstFailure(ENOUGH, delivered).isPresent(), "a late request did no harm");
  }

  private static Consumer<Setup> held() {
    return setup -> {
      setup.calm();
      setup.heldPerMille = 40;
      setup.requestTimeout = Duration.ofSeconds(1);
      setup.requestDrain = Duration.ofSeconds(2);
      setup.dataTimeout = Duration.ofSeconds(3);
    };
  }

  private static Optional<String> firstFailure(int most, Consumer<Setup> worlds) {
    Simulation simulation = new Simulation(RealEngine::new, worlds);
    for (long seed = 1; seed <= most; seed++) {
      try {
        simulation.run(seed);
      } catch (AssertionError e) {
        return Optional.of("seed " + seed + ": " + e.getMessage());
      }
    }
    return Optional.empty();
  }
}
