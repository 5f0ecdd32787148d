// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.CopiedMigration;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which searches trigger an index build, and when. */
@Timeout(60)
class IndexBuildTriggerTest extends CopiedMigration {
  @Test
  void keepsTheSearchOpenFromStepToStep() throws Exception {
    MigrationContext context = copied(Phase.VERIFYING, Optional.of(false));
    List<String> urls = List.of(FakeCluster.N);
    for (int i = 0; i < 10; i++) {
      indexes.pollLoaded(context, urls, (url, name) -> 1);
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
    MigrationContext context = copied(Phase.COPYING, Optional.of(false));
    indexes.poll(context, List.of(FakeCluster.N), (url, name) -> 0);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(List.of(), shards.searches);
  }

  @DisplayName(
      "an index from before the load is rebuilt by one search once its collection is copied")
  @ParameterizedTest
  @ValueSource(strings = {"ready", "untold"})
  void anOlderIndexIsRebuiltByOneSearchAfterTheCopy(String says) throws Exception {
    MigrationContext context =
        copied(Phase.VERIFYING, Optional.of(says).map("ready"::equals).filter(r -> r));
    List<String> target = List.of(FakeCluster.N);
    indexes.pollLoaded(context, target, (url, name) -> 0);
    assertEquals(List.of(), shards.searches);
    indexes.pollLoaded(context, target, (url, name) -> 1);
    indexes.pollLoaded(context, target, (url, name) -> 1);
    assertEquals(1, shards.searches.size(), () -> shards.searches.toString());
    assertTrue(shards.searches.get(0).endsWith("PT2S"), shards.searches.get(0));
  }

  @Test
  void anIndexThatTheMigrationHadBuiltIsNotBuiltAnew() throws Exception {
    MigrationContext context = copied(Phase.VERIFYING, Optional.of(false));
    List<String> target = List.of(FakeCluster.N);
    indexes.pollLoaded(context, target, (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    shards.at(FakeCluster.N).indexReady("docs", true);
    indexes.pollLoaded(context, target, (url, name) -> 1);
    indexes.pollLoaded(context, target, (url, name) -> 1);
    assertEquals(1, shards.searches.size(), () -> shards.searches.toString());
    assertEquals(0, shards.at(FakeCluster.N).openSearches);
  }

  @DisplayName("indexes are rebuilt one after the other, and one that cannot be read delays none")
  @Test
  void indexesAreRebuiltInTurnAndAnUnreadableOneDelaysNone() throws Exception {
    MigrationContext context = copied(Phase.VERIFYING, Optional.of(true));
    Stub target = shards.at(FakeCluster.N);
    List<String> urls = List.of(FakeCluster.N);
    target.collections.put("a", StubShards.collection("a", 1, "2", Optional.of(true)));
    target.collections.put("e", StubShards.collection("e", 1, "2", Optional.of(true)));
    target.rows.put("e", new ArrayList<>(List.of(row("p1"))));
    indexes.pollLoaded(context, urls, (url, name) -> 1);
    assertEquals(1, shards.searches.size(), () -> "a has no row to read: " + shards.searches);
    target.rows.put("a", new ArrayList<>(List.of(row("p2"))));
    for (int i = 0; i < 5; i++) {
      indexes.pollLoaded(context, urls, (url, name) -> 1);
    }
    List<String> searched = shards.searches.stream().map(s -> s.substring(0, 1)).sorted().toList();
    assertEquals(List.of("a", "d", "e"), searched);
  }

  @Test
  void anotherMigrationOntoTheSameShardHasItsIndexBuiltAgain() throws Exception {
    List<String> target = List.of(FakeCluster.N);
    MigrationContext first = copied(Phase.PREPARED, Optional.of(true));
    indexes.pollLoaded(first, target, (url, name) -> 1);
    long id = first.control().migration().id();
    cluster.accept(
        new Command.AdvanceMigration(id, Phase.PREPARED, Phase.FAILED, "no", cluster.term));
    MigrationContext second = copied(Phase.PREPARED, Optional.of(true));
    indexes.pollLoaded(second, target, (url, name) -> 1);
    assertEquals(2, shards.searches.size());
  }

  /** Hundreds of tenants that nobody has searched since the shards were started. */
  @DisplayName(
      "only a few builds run at a time, and first where the migration has changed the most")
  @Test
  void fewBuildsAtATimeAndFirstWhereMostHasChanged() throws Exception {
    MigrationContext context = copied(Phase.DROPPING, Optional.of(true));
    List<String> urls = new ArrayList<>();
    for (int shard = 0; shard < 10; shard++) {
      String url = "http://d" + shard + ":6333";
      urls.add(url);
      for (int i = 0; i < 500; i++) {
        cold(url, "t" + i);
      }
    }
    IndexBuildTrigger.Changes changes = (url, name) -> Integer.parseInt(name.substring(1)) % 100;
    for (int round = 0; round < 3; round++) {
      indexes.poll(context, urls, changes);
      cluster.world.sleep(Duration.ofSeconds(1));
    }
    int all = urls.stream().mapToInt(url -> shards.at(url).openSearches).sum();
    assertEquals(16, all);
    urls.forEach(url -> assertTrue(shards.at(url).mostOpenSearches <= 2, url));
    assertTrue(
        shards.searches.stream().allMatch(s -> s.matches("t\\d*99 .*")),
        () -> shards.searches.toString());
  }

  /** Each open search keeps the vector that it searches with. */
  @Test
  void theVectorsOfAllOpenSearchesFitIntoEightMebibytes() throws Exception {
    MigrationContext context = copied(Phase.DROPPING, Optional.of(true));
    Row wide = row("p1", "[" + "0.5,".repeat(500_000) + "1]");
    List<String> urls = new ArrayList<>();
    for (int shard = 0; shard < 12; shard++) {
      String url = "http://d" + shard + ":6333";
      urls.add(url);
      cold(url, "t");
      shards.at(url).rows.put("t", new ArrayList<>(List.of(wide)));
    }
    indexes.poll(context, urls, (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    long open = urls.stream().mapToInt(url -> shards.at(url).openSearches).sum();
    assertTrue(open > 1 && (open - 1) * wide.memory() < 8 << 20, () -> open + " are open");
  }

  @DisplayName("the next build begins when the index of one is ready or its collection is gone")
  @Test
  void theNextBuildBeginsWhenOneIsReadyOrItsCollectionGone() throws Exception {
    MigrationContext context = copied(Phase.DROPPING, Optional.of(true));
    String url = "http://d:6333";
    for (int i = 0; i < 4; i++) {
      cold(url, "t" + i);
    }
    List<String> urls = List.of(url);
    indexes.poll(context, urls, (at, name) -> 1);
    shards.at(url).indexReady("t0", true);
    shards.at(url).collections.remove("t1");
    indexes.poll(context, urls, (at, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(2, shards.at(url).openSearches);
    List<String> searched = shards.searches.stream().map(s -> s.substring(0, 2)).sorted().toList();
    assertEquals(List.of("t0", "t1", "t2", "t3"), searched);
  }

  /** A small index is there at once: a round does not end before the next ones. */
  @Test
  void manySmallIndexesAreBuiltInOneRound() throws Exception {
    MigrationContext context = copied(Phase.DROPPING, Optional.of(true));
    String url = "http://d:6333";
    shards.at(url).buildsAtOnce = true;
    shards.at(url).delay = Duration.ofMillis(1);
    for (int i = 0; i < 50; i++) {
      cold(url, "t" + i);
    }
    indexes.poll(context, List.of(url), (at, name) -> 1);
    assertTrue(shards.searches.size() > 40, () -> shards.searches.size() + " of 50");
  }

  @Test
  void whereTheMigrationHasChangedNothingNothingIsBuilt() throws Exception {
    MigrationContext context = copied(Phase.DROPPING, Optional.of(true));
    String donor = FakeCluster.url(0);
    cold(donor, "untouched");
    cold(donor, "touched");
    long id = context.control().migration().id();
    for (String name : List.of("touched", "untouched")) {
      MigrationPart part =
          new MigrationPart(name, 0, 3, 9, name.equals("touched") ? 9 : 0, 0, "", true);
      cluster.accept(
          new Command.ReportProgress(
              id,
              Phase.DROPPING,
              new MigrationProgress(9, 9, 9, 0, 1, List.of(part)),
              Optional.empty(),
              cluster.term));
    }
    indexes.poll(context, List.of(donor), ChangedPoints.onDonors(context));
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(1, shards.searches.size(), () -> shards.searches.toString());
    assertTrue(shards.searches.get(0).startsWith("touched"));
  }

  private void cold(String url, String name) {
    Stub stub = shards.at(url);
    stub.collections.put(name, StubShards.collection(name, 1, "2", Optional.of(false)));
    stub.rows.put(name, new ArrayList<>(List.of(row("p1"))));
  }
}
