// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches for everything, all the time, from before a migration until after it: a point that was
 * there throughout is never missed, whether a shard answers from its old index or makes searches
 * wait for the next one.
 */
class SearchesTest {
  static Stream<Arguments> migrations() {
    return Stream.of(QuiverVersion.values())
        .flatMap(
            version ->
                Stream.of(Wish.GROW, Wish.GROW_AND_CANCEL, Wish.DRAIN, Wish.DRAIN_AND_CANCEL)
                    .map(wish -> Arguments.of(version, wish)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("migrations")
  void missNothingThatWasThereThroughout(QuiverVersion version, Wish wish) {
    Simulation simulation = new Simulation(RealEngine::new, quiet(version, wish));
    for (long seed : List.of(1L, 2L, 3L, 4L)) {
      Simulation.Report report = simulation.run(seed);
      assertTrue(report.searches() > 150, report::toString);
      boolean back = wish == Wish.GROW_AND_CANCEL || wish == Wish.DRAIN_AND_CANCEL;
      assertTrue(report.ends().contains(back ? Phase.REVERTED : Phase.DONE), report::toString);
    }
  }

  private static Consumer<Setup> quiet(QuiverVersion version, Wish wish) {
    return setup -> {
      setup.version = version;
      setup.members = 3;
      setup.shards = 3;
      setup.keys = 20;
      setup.routers = 2;
      setup.clients = 3;
      setup.clientPause = 200_000_000L;
      setup.onlySearches = true;
      setup.collections = List.of(IndexKind.HNSW, IndexKind.IVF, IndexKind.VAMANA);
      // Long enough that many searches fall between a bulk load and its index. But what came while
      // one index was built must be in the next one before Warming believes that it is missed for
      // good: two builds of what a shard holds here take less than 10 s.
      setup.buildPerPoint =
          version == QuiverVersion.V0_27_0 ? Duration.ofMillis(500) : Duration.ofMillis(400);
      setup.calm();
      setup.cancelIn = Optional.of(Phase.WARMING);
      setup.wishes = List.of(wish);
      // Fresh shards make the first searches wait for the first index, migration or no migration.
      setup.firstWishAfter = Duration.ofSeconds(12);
    };
  }
}
