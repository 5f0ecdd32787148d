// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How far apart routers adopt a flip, whatever happens between the gate and it. */
class OneBeatTest {
  private static final Duration BEAT = Duration.ofMillis(100);

  private static final ActorThread.Pool THREADS = new ActorThread.Pool();
  private static final long SEEDS = 3;

  /** Notes in which terms gates were logged. */
  private static class Gates implements Ambush {
    final List<Long> terms = new ArrayList<>();

    @Override
    public boolean killsAfter(Command entry) {
      if (entry instanceof Command.GateMigration gate) {
        terms.add(gate.leaderTerm());
        return gated();
      }
      return false;
    }

    /** One was logged, and nobody was told yet; whether its author dies now. */
    boolean gated() {
      return false;
    }
  }

  private static World calm(long seed, Wish wish, Gates gates) {
    Chance chance = new Chance(seed);
    Setup setup = Setup.random(chance);
    setup.calm();
    setup.members = 3;
    setup.shards = 2;
    setup.routers = 4;
    setup.followerLag = 20_000_000;
    setup.ambush = gates;
    setup.wishes = List.of(wish);
    return new World(THREADS, setup, new RealEngine(), chance, new Trace());
  }

  private static Migration migration(World world) {
    return world.cluster.newest().migrations().finished().values().stream()
        .reduce((one, next) -> next)
        .orElseThrow();
  }

  private static Duration apart(World world) {
    long flip = migration(world).versionAfter().orElseThrow();
    List<Long> adopted =
        world.routers.stream()
            .map(router -> router.adopted(flip))
            .flatMap(Optional::stream)
            .toList();
    assertEquals(world.routers.size(), adopted.size());
    long first = adopted.stream().min(Long::compare).orElseThrow();
    return Duration.ofNanos(adopted.stream().max(Long::compare).orElseThrow() - first);
  }

  private static void isOneBeat(World world) {
    assertTrue(apart(world).compareTo(BEAT) < 0, () -> "adopted " + apart(world) + " apart");
  }

  @ParameterizedTest
  @EnumSource(names = {"GROW", "DRAIN"})
  void routersAdoptAFlipTogether(Wish wish) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Gates gates = new Gates();
      World world = calm(seed, wish, gates);
      world.live();
      assertEquals(Phase.DONE, migration(world).phase());
      assertEquals(1, gates.terms.size());
      isOneBeat(world);
    }
  }

  @Test
  void theyDoAfterALeaderDiedAtTheGate() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Gates gates =
          new Gates() {
            @Override
            boolean gated() {
              return terms.size() == 1;
            }
          };
      World world = calm(seed, Wish.GROW, gates);
      world.live();
      assertEquals(Phase.DONE, migration(world).phase());
      assertEquals(2, gates.terms.size(), "the next leader has a gate of its own");
      assertTrue(gates.terms.get(1) > gates.terms.get(0));
      isOneBeat(world);
    }
  }

  @Test
  void noPollWaitsLongerThanTheLimitWhenNobodyLeadsAtTheGate() {
    World[] world = new World[1];
    Gates gates =
        new Gates() {
          @Override
          boolean gated() {
            if (terms.size() == 1) {
              SimCluster cluster = world[0].cluster;
              cluster.noLeader();
              world[0].sim.after(6_000_000_000L, () -> cluster.elect(cluster.nodes().get(0)));
            }
            return false;
          }
        };
    world[0] = calm(1, Wish.GROW, gates);
    world[0].live();
    assertEquals(Phase.DONE, migration(world[0]).phase());
    assertEquals(2, gates.terms.size());
    long longest = world[0].routers.stream().mapToLong(SimRouter::longestPoll).max().orElseThrow();
    assertTrue(longest <= 4_000_000_000L, () -> "one waited for " + longest + " ns");
    assertTrue(longest > 2_000_000_000L, () -> "none was held: " + longest + " ns");
  }
}
