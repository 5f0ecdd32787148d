// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.sim.NaiveMigrator.Fault;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation finds the faults of a faulty migrator, and none in a correct one.
 *
 * <p>Where the naive migrator works, no leader is deposed and no client creates or drops
 * collections: with none of its named faults it still keeps no record of how far it came, so that
 * the next leader copies again after the flip and undoes what was written since; and it never looks
 * again at the collections that it listed at first. It is rightly blamed for both. What is found in
 * quiet worlds is the named fault.
 */
class CheckerTeethTest {
  private static final int ENOUGH = 300;
  private static final int SOUND = 150;

  /** MigrationSimTest has thousands more. */
  private static final int REAL = 50;

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultIsFoundWithinAFewHundredWorlds(Fault fault) {
    Consumer<Setup> worlds = fault == Fault.ERROR_IS_ABSENCE ? withErrors() : oneGrow();
    Optional<String> found = firstFailure(ENOUGH, worlds, fault);

    assertTrue(found.isPresent(), fault + " was not found in " + ENOUGH + " worlds");
  }

  /** What is found in a migrator with a fault must not be found in the same one without. */
  @Test
  void aNaiveMoverWithoutTheFaultsIsLeftAlone() {
    // It treats a stray copy on a third shard as the truth, which the checker rightly reports too.
    Consumer<Setup> withoutStrays = oneGrow().andThen(setup -> setup.orphan = false);
    assertEquals(Optional.empty(), firstFailure(SOUND, withoutStrays));
  }

  /** With deposed leaders and collections that come and go. */
  @Test
  void aSoundMoverIsLeftAlone() {
    Simulation simulation = new Simulation(RealEngine::new, oneRestlessGrow());
    for (long seed = 1; seed <= REAL; seed++) {
      simulation.run(seed);
    }
  }

  @Test
  void aSeedIsTheSameWorldEveryTime() {
    for (long seed = 1; seed <= 20; seed++) {
      Simulation.Report first = new Simulation(RealEngine::new, oneRestlessGrow()).run(seed);
      Simulation.Report second = new Simulation(RealEngine::new, oneRestlessGrow()).run(seed);

      assertEquals(first, second);
    }
  }

  private static Optional<String> firstFailure(int most, Consumer<Setup> worlds, Fault... faults) {
    Simulation simulation = new Simulation(() -> new NaiveMigrator(faults), worlds);
    for (long seed = 1; seed <= most; seed++) {
      try {
        simulation.run(seed);
      } catch (AssertionError e) {
        return Optional.of(e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static Consumer<Setup> oneGrow() {
    return oneRestlessGrow()
        .andThen(
            setup -> {
              setup.ousting = 0;
              setup.schemers = 0;
            });
  }

  private static Consumer<Setup> oneRestlessGrow() {
    return setup -> {
      setup.faults = List.of();
      setup.lossPerMille = 0;
      setup.errorPerMille = 0;
      setup.heldPerMille = 0;
      setup.wishes = List.of(Setup.Wish.GROW);
    };
  }

  private static Consumer<Setup> withErrors() {
    return oneGrow().andThen(setup -> setup.errorPerMille = 30);
  }
}
