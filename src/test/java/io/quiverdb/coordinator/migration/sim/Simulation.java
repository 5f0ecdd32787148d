// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs worlds, one after the other, and says how to see a broken one again. */
final class Simulation {
  /** What a world came to. */
  record Report(
      long seed,
      long digest,
      long steps,
      long virtualNanos,
      int operations,
      int reads,
      int searches,
      List<Phase> ends) {}

  private final ActorThread.Pool threads = new ActorThread.Pool();
  private final Supplier<Engine> engine;
  private final Consumer<Setup> change;

  /**
   * Worlds in which an engine works.
   *
   * @param engine a new one for each world
   * @param change of what the seed makes a world like
   */
  Simulation(Supplier<Engine> engine, Consumer<Setup> change) {
    this.engine = engine;
    this.change = change;
  }

  /** Runs a world; throws {@link AssertionError} with its last events if it breaks. */
  Report run(long seed) {
    Chance chance = new Chance(seed);
    Setup setup = Setup.random(chance);
    change.accept(setup);
    Trace trace = new Trace();
    World world = new World(threads, setup, engine.get(), chance, trace);
    try {
      world.live();
    } catch (Sim.Broken e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + cause.getMessage()
              + "\n"
              + setup.constants()
              + "\n"
              + String.join("\n", trace.lines())
              + "\nseed "
              + seed
              + ": "
              + cause,
          cause);
    }
    return new Report(
        seed,
        trace.digest(),
        world.sim.steps(),
        world.sim.now(),
        world.history.operations(),
        world.history.reads(),
        world.history.searches(),
        world.cluster.newest().migrations().finished().values().stream()
            .map(Migration::phase)
            .toList());
  }
}
