package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeShards.Fake;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who searches so that an index is built, and when. */
@Timeout(60)
class IndexMinderTest extends CopiedMove {
  @Test
  void keepsTheSearchOpenFromStepToStep() throws Exception {
    Move move = copied(Phase.VERIFYING, Optional.of(false));
    List<String> urls = List.of(FakeCluster.N);
    for (int i = 0; i < 10; i++) {
      indexes.tendLoaded(move, urls, name -> true);
      cluster.world.sleep(Duration.ofSeconds(1));
    }
    assertEquals(1, shards.at(FakeCluster.N).openSearches);
    assertEquals(1, shards.searches.size(), "another one would throw the build away by its end");
    indexes.closeAll();
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(0, shards.at(FakeCluster.N).openSearches);
  }

  @Test
  void buildsNothingBeforeTheCopyOfItsCollectionHasEnded() throws Exception {
    Move move = copied(Phase.COPYING, Optional.of(false));
    indexes.tend(move, List.of(FakeCluster.N), name -> false);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(List.of(), shards.searches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "untold"})
  void anIndexFromBeforeTheLoadIsBuiltAnewByOneSearchOnceItsCollectionIsCopied(String says)
      throws Exception {
    Move move = copied(Phase.VERIFYING, Optional.of(says).map("ready"::equals).filter(r -> r));
    List<String> target = List.of(FakeCluster.N);
    indexes.tendLoaded(move, target, name -> false);
    assertEquals(List.of(), shards.searches);
    indexes.tendLoaded(move, target, name -> true);
    indexes.tendLoaded(move, target, name -> true);
    assertEquals(1, shards.searches.size(), () -> shards.searches.toString());
    assertTrue(shards.searches.get(0).endsWith("PT2S"), shards.searches.get(0));
  }

  @Test
  void anIndexThatTheMoveHadBuiltIsNotBuiltAnew() throws Exception {
    Move move = copied(Phase.VERIFYING, Optional.of(false));
    List<String> target = List.of(FakeCluster.N);
    indexes.tendLoaded(move, target, name -> true);
    cluster.world.sleep(Duration.ofSeconds(1));
    shards.at(FakeCluster.N).indexReady("docs", true);
    indexes.tendLoaded(move, target, name -> true);
    indexes.tendLoaded(move, target, name -> true);
    assertEquals(1, shards.searches.size(), () -> shards.searches.toString());
    assertEquals(0, shards.at(FakeCluster.N).openSearches);
  }

  @Test
  void oneIndexIsBuiltAnewAfterTheOtherAndOneThatCannotBeReadKeepsNone() throws Exception {
    Move move = copied(Phase.VERIFYING, Optional.of(true));
    Fake target = shards.at(FakeCluster.N);
    List<String> urls = List.of(FakeCluster.N);
    target.collections.put("a", FakeShards.collection("a", 1, "2", Optional.of(true)));
    target.collections.put("e", FakeShards.collection("e", 1, "2", Optional.of(true)));
    target.rows.put("e", new ArrayList<>(List.of(row("p1"))));
    indexes.tendLoaded(move, urls, name -> true);
    assertEquals(1, shards.searches.size(), () -> "a has no row to read: " + shards.searches);
    target.rows.put("a", new ArrayList<>(List.of(row("p2"))));
    for (int i = 0; i < 5; i++) {
      indexes.tendLoaded(move, urls, name -> true);
    }
    List<String> searched = shards.searches.stream().map(s -> s.substring(0, 1)).sorted().toList();
    assertEquals(List.of("a", "d", "e"), searched);
  }

  @Test
  void anotherMoveOntoTheSameShardHasItsIndexBuiltAgain() throws Exception {
    List<String> target = List.of(FakeCluster.N);
    Move first = copied(Phase.PREPARED, Optional.of(true));
    indexes.tendLoaded(first, target, name -> true);
    long id = first.control().migration().id();
    cluster.accept(
        new Command.AdvanceMigration(id, Phase.PREPARED, Phase.FAILED, "no", cluster.term));
    Move second = copied(Phase.PREPARED, Optional.of(true));
    indexes.tendLoaded(second, target, name -> true);
    assertEquals(2, shards.searches.size());
  }
}
