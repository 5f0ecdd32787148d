// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.migration.sim.Ambush.AtEntry;
import io.quiverdb.coordinator.migration.sim.Moment.When;
import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The leader dies before and after every entry of the log and every request that changes something,
 * the checks before a migration included: each moment of a small world is tried, in a world of its
 * own that is the same up to there. A death at a read would be the death before the next change.
 *
 * <p>Nothing else goes wrong and no request is slow, so no client's request may fail, whatever the
 * moment. {@code -Dkills.seeds=1-20} tries the moments of other worlds.
 */
class LeaderKilledEverywhereTest {
  /** What is done to the cluster. A migration that was given up at its start is begun once more. */
  enum Course {
    JOIN_TAKEN_BACK_THEN_JOIN(Wish.GROW_AND_CANCEL, Wish.GROW, Wish.GROW),
    DRAIN_TAKEN_BACK_THEN_DRAIN(Wish.DRAIN_AND_CANCEL, Wish.DRAIN, Wish.DRAIN);

    private final List<Wish> wishes;

    Course(Wish... wishes) {
      this.wishes = List.of(wishes);
    }

    /** The phases that end with an entry of the leader. */
    private Set<Phase> phases() {
      Set<Phase> phases =
          EnumSet.complementOf(EnumSet.of(Phase.DONE, Phase.REVERTED, Phase.FAILED));
      phases.removeAll(
          this == JOIN_TAKEN_BACK_THEN_JOIN
              ? EnumSet.of(Phase.LEAVING, Phase.REMOVED)
              : EnumSet.of(Phase.JOINING, Phase.PROMOTED, Phase.COOLING));
      return phases;
    }
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Course.values())
        .flatMap(course -> Stream.of(When.values()).map(when -> Arguments.of(course, when)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("kinds")
  void eachMomentIsSurvived(Course course, When when) {
    Seeds.listed("kills.seeds", "1").forEach(seed -> killAtEachMoment(course, when, seed));
  }

  private static void killAtEachMoment(Course course, When when, long seed) {
    Moment[] moment = {new Moment(when, 0)};
    Simulation simulation =
        new Simulation(RealEngine::new, small(course).andThen(setup -> setup.ambush = moment[0]));
    Simulation.Report whole = simulation.run(seed);
    assertTrue(whole.ends().containsAll(List.of(Phase.REVERTED, Phase.DONE)), whole::toString);
    int moments = moment[0].seen();
    assertTrue(moments >= 30, () -> "only " + moments + " moments");
    for (int number = 1; number <= moments; number++) {
      moment[0] = new Moment(when, number);
      Simulation.Report ended;
      try {
        ended = simulation.run(seed);
      } catch (AssertionError e) {
        throw new AssertionError("killed " + moment[0] + "\n" + e.getMessage(), e);
      }
      assertTrue(moment[0].struck(), moment[0]::toString);
      List<Phase> ends = ended.ends();
      assertEquals(Phase.DONE, ends.get(ends.size() - 1), moment[0] + ", " + ends);
    }
  }

  static Stream<Arguments> deafness() {
    return Stream.of(Course.values())
        .flatMap(
            course ->
                Stream.of(AtEntry.KILLED, AtEntry.REFUSED).map(blow -> Arguments.of(course, blow)));
  }

  /**
   * The first who has done a step dies before that is logged, and the next leader does it again; or
   * the log refuses it, and the same leader does it again with all that it remembers.
   */
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("deafness")
  void eachStepIsDoneTwice(Course course, AtEntry blow) {
    EveryStepTwice twice = new EveryStepTwice(blow);
    Simulation simulation =
        new Simulation(
            RealEngine::new,
            small(course)
                .andThen(
                    setup -> {
                      setup.ambush = twice;
                      // The first migration ends with the leader that has prepared it.
                      setup.wishes = new ArrayList<>(course.wishes);
                      setup.wishes.add(0, course.wishes.get(0));
                    }));

    simulation.run(1);

    for (Phase phase : course.phases()) {
      List<Long> terms = twice.terms(phase);
      assertTrue(terms.size() >= 2, () -> phase + " was done in terms " + terms);
      boolean sameLeader = terms.get(0).equals(terms.get(1));
      assertEquals(blow == AtEntry.REFUSED, sameLeader, () -> phase + " in terms " + terms);
    }
  }

  private static Consumer<Setup> small(Course course) {
    return setup -> {
      setup.members = 3;
      setup.shards = 2;
      setup.keys = 16;
      setup.routers = 2;
      setup.clients = 2;
      setup.clientPause = 4_000_000_000L;
      setup.collections = List.of(IndexKind.HNSW, IndexKind.IVF);
      // The copy takes many requests, and some seconds: its cursors are logged on the way.
      setup.limits = new Limits(2, 3, 3, 200, 4_000, 1_000, 8);
      setup.latency = 200_000_000;
      // A late request may take effect when a hasty successor has long verified and flipped.
      setup.requestDrain = Duration.ofSeconds(2);
      setup.dataTimeout = Duration.ofSeconds(8);
      setup.calm();
      setup.cancelIn = Optional.of(Phase.VERIFYING);
      setup.wishes = course.wishes;
    };
  }
}
