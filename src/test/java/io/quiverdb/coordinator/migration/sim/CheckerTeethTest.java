package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.sim.NaiveMover.Fault;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds the faults of a mover that has some, and none in one that has none. */
class CheckerTeethTest {
  private static final int ENOUGH = 300;

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultIsFoundWithinAFewHundredWorlds(Fault fault) {
    Consumer<Setup> worlds = fault == Fault.ERROR_IS_ABSENCE ? withErrors() : oneGrow();
    Optional<String> found = firstFailure(worlds, fault);

    assertTrue(found.isPresent(), fault + " was not found in " + ENOUGH + " worlds");
  }

  /** What is found in others must not be found in the real engine. */
  @Test
  void aSoundMoverInAHealthyWorldIsLeftAlone() {
    for (long seed = 1; seed <= ENOUGH; seed++) {
      new Simulation(RealEngine::new, oneGrow()).run(seed);
    }
  }

  @Test
  void aSeedIsTheSameWorldEveryTime() {
    for (long seed = 1; seed <= 20; seed++) {
      Simulation.Report first = new Simulation(RealEngine::new, oneGrow()).run(seed);
      Simulation.Report second = new Simulation(RealEngine::new, oneGrow()).run(seed);

      assertEquals(first, second);
    }
  }

  private static Optional<String> firstFailure(Consumer<Setup> worlds, Fault... faults) {
    for (long seed = 1; seed <= ENOUGH; seed++) {
      try {
        new Simulation(() -> new NaiveMover(faults), worlds).run(seed);
      } catch (AssertionError e) {
        return Optional.of(e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static Consumer<Setup> oneGrow() {
    return setup -> {
      setup.faults = List.of();
      setup.lossPerMille = 0;
      setup.errorPerMille = 0;
      setup.wishes = List.of(Setup.Wish.GROW);
    };
  }

  private static Consumer<Setup> withErrors() {
    return oneGrow().andThen(setup -> setup.errorPerMille = 30);
  }
}
