// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.SweepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Strays are removed in many worlds: beside clients that write, while shards and routers fail and
 * leaders die, and migrations follow. The verdict of a world with strays: none is left, what no
 * owner has was kept, and nothing acknowledged is lost.
 */
class SweepSimTest {
  private final List<DataCheck> reports = new ArrayList<>();

  private Simulation simulation(Consumer<Setup> change) {
    return new Simulation(
        RealEngine::new,
        change.andThen(
            setup -> {
              setup.verifying = true;
              setup.sweeping = true;
              setup.strays = 12;
              setup.orphan = false;
              setup.shards = Math.max(2, setup.shards);
              setup.onReports = reports::addAll;
            }));
  }

  private long swept() {
    return reports.stream()
        .flatMap(check -> check.sweep().stream())
        .filter(sweep -> sweep.state() == SweepState.DONE)
        .mapToLong(sweep -> sweep.removed().total())
        .sum();
  }

  @Test
  void nothingIsLostWhateverFails() {
    int worlds = 0;
    for (long seed : Seeds.listed("sweep.seeds", "1-12").toArray()) {
      reports.clear();
      simulation(SweepSimTest::withoutEmptyDisks).run(seed);
      worlds += swept() > 0 ? 1 : 0;
    }
    assertTrue(worlds >= 3, "swept in " + worlds + " worlds");
  }

  /** What a shard with an empty disk lacks is no stray elsewhere. */
  private static void withoutEmptyDisks(Setup setup) {
    setup.faults = setup.faults.stream().filter(f -> f != Faults.Kind.SHARD_EMPTIED).toList();
    setup.faultsUntil = Math.min(setup.faultsUntil, 60_000_000_000L);
    setup.schemers = 0;
    setup.wishes = setup.members == 1 ? List.of() : setup.wishes.subList(0, 1);
    setup.firstWishAfter = Duration.ofSeconds(20);
  }

  /**
   * The leader dies at each request and each entry of a sweep; the next migration meets nothing.
   */
  @ParameterizedTest
  @EnumSource(Moment.When.class)
  void aLeadersDeathAtAnyMoment(Moment.When when) {
    Moment[] moment = {new Moment(when, 0)};
    Simulation simulation = simulation(small(() -> moment[0]));
    simulation.run(2);
    assertTrue(swept() > 3, () -> reports.toString());
    int moments = Math.min(moment[0].seen(), 24);
    assertTrue(moments >= 3, () -> "only " + moments + " moments");
    for (int number = 1; number <= moments; number++) {
      moment[0] = new Moment(when, number);
      try {
        simulation.run(2);
      } catch (AssertionError e) {
        throw new AssertionError("killed " + moment[0] + "\n" + e.getMessage(), e);
      }
      assertTrue(moment[0].struck(), moment[0]::toString);
    }
  }

  private static Consumer<Setup> small(Supplier<Ambush> ambush) {
    return setup -> {
      setup.calm();
      setup.members = 3;
      setup.shards = 2;
      setup.keys = 16;
      setup.routers = 2;
      setup.clients = 2;
      setup.clientPause = 4_000_000_000L;
      setup.collections = List.of(IndexKind.HNSW);
      setup.latency = 200_000_000;
      setup.requestDrain = Duration.ofSeconds(2);
      // A late delete may take effect when a hasty successor has long freed the map.
      setup.dataTimeout = Duration.ofSeconds(20);
      setup.wishes = List.of(Wish.GROW);
      setup.firstWishAfter = Duration.ofSeconds(30);
      setup.ambush = new OfSweeps(ambush.get());
    };
  }

  /** Other requests and entries than those of sweeps pass. */
  private record OfSweeps(Ambush its) implements Ambush {
    @Override
    public AtRequest request(Call call) {
      return call.method().equals("DELETE") && call.path().endsWith("/hnsw/points")
          ? its.request(call)
          : AtRequest.PASSES;
    }

    @Override
    public AtEntry proposed(long term, Command entry) {
      return isOfSweep(entry) ? its.proposed(term, entry) : AtEntry.PASSES;
    }

    @Override
    public boolean killsAfter(Command entry) {
      return isOfSweep(entry) && its.killsAfter(entry);
    }

    private static boolean isOfSweep(Command entry) {
      return entry instanceof CheckCommand.BeginSweep
          || entry instanceof CheckCommand.RecordSweep
          || entry instanceof CheckCommand.FinishSweep;
    }
  }

  /** The network holds deletes for up to 55 s, and shards take effect after a time-out. */
  @Test
  void lateDeletes() {
    for (long seed = 1; seed <= 4; seed++) {
      simulation(
              setup -> {
                setup.calm();
                setup.heldPerMille = 200;
                setup.slowPercent = 25;
                setup.requestTimeout = Duration.ofSeconds(1);
                setup.requestDrain = Duration.ofSeconds(2);
                setup.dataTimeout = Duration.ofSeconds(3);
                setup.wishes = List.of();
              })
          .run(seed);
    }
    assertTrue(swept() > 8, () -> reports.toString());
  }

  @Test
  void aSeedIsTheSameWorldEveryTime() {
    for (long seed = 1; seed <= 2; seed++) {
      assertEquals(
          simulation(SweepSimTest::withoutEmptyDisks).run(seed),
          simulation(SweepSimTest::withoutEmptyDisks).run(seed));
    }
  }
}
