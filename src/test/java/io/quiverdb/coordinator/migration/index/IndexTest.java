// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.CopiedMigration;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Indexes are built, and the flip waits until searches find the moved points. */
@Timeout(60)
class IndexTest extends CopiedMigration {
  private static final String REPLICA = "http://n-replica:6333";

  private Duration warmed(MigrationContext context) throws Exception {
    Duration before = cluster.world.elapsed();
    new IndexReadiness(context, indexes).await();
    return cluster.world.elapsed().minus(before);
  }

  private void at(int second, Runnable change) {
    cluster.at(Duration.ofSeconds(second), change);
  }

  @Test
  void opensOneSearchAndClosesItTheMomentTheIndexIsThere() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(false));
    Stub target = shards.at(FakeCluster.N);
    target.searchable.addAll(moved);
    at(20, () -> assertEquals(1, target.openSearches));
    at(30, () -> target.indexReady("docs", true));
    assertBetween(Duration.ofSeconds(30), Duration.ofSeconds(32), warmed(context));
    assertEquals(0, target.openSearches);
    assertEquals(1, target.mostOpenSearches);
    long shortOnes =
        shards.searches.stream().filter(s -> s.contains("//n") && s.endsWith("PT2S")).count();
    assertTrue(shortOnes <= 8, "no probe while a build is under way");
  }

  @Test
  void waitsUntilSearchesFindWhatWasMoved() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.empty());
    at(25, () -> shards.at(FakeCluster.N).searchable.addAll(moved));
    assertBetween(Duration.ofSeconds(25), Duration.ofSeconds(27), warmed(context));
    assertEquals(0, shards.at(FakeCluster.N).mostOpenSearches);
  }

  /** While a donor is away, each write of its points fails, and yet reaches the new shard. */
  @DisplayName("points that were written while their donor was away are searched for as they are")
  @Test
  void pointsWrittenWhileTheirDonorWasAwayAreSearchedAsTheyAre() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    Stub target = shards.at(FakeCluster.N);
    target.searchable.addAll(moved);
    target.rows.put("docs", moved.stream().map(id -> row(id, "[3,4]")).toList());
    assertBetween(Duration.ZERO, Duration.ofSeconds(2), warmed(context));
  }

  @DisplayName("points that were deleted while their donor was away are not waited for without end")
  @Test
  void pointsDeletedWhileTheirDonorWasAwayAreNotWaitedForLong() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    Stub target = shards.at(FakeCluster.N);
    target.searchable.addAll(moved);
    target.rows.put("docs", List.of(row("another")));
    target.searchable.removeAll(moved);
    assertBetween(Duration.ofSeconds(60), Duration.ofSeconds(63), warmed(context));
  }

  /** An index in place took the first points, went stale, and is rebuilt by the probes. */
  @Test
  void waitsForTheLastPointsOfAnIndexThatWentStaleOnTheWay() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    shards.at(FakeCluster.N).searchable.addAll(moved.subList(0, moved.size() * 8 / 10));
    at(6, () -> shards.at(FakeCluster.N).searchable.addAll(moved));
    assertBetween(Duration.ofSeconds(6), Duration.ofSeconds(8), warmed(context));
  }

  @Test
  void anIndexThatMissesAFewForEverIsGoodEnoughAfterAWhile() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    shards.at(FakeCluster.N).searchable.addAll(moved.subList(0, moved.size() * 8 / 10));
    assertBetween(Duration.ofSeconds(10), Duration.ofSeconds(12), warmed(context));
  }

  @Test
  void aShardThatDoesNotTellOfItsBuildsIsGivenLonger() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.empty());
    shards
        .at(FakeCluster.N)
        .collections
        .put("docs", StubShards.collection("docs", 20_000, "2", Optional.empty()));
    shards.at(FakeCluster.N).searchable.addAll(moved.subList(0, moved.size() * 8 / 10));
    assertBetween(Duration.ofSeconds(30), Duration.ofSeconds(32), warmed(context));
  }

  @Test
  void aPointThatTheDonorDoesNotFindEitherDoesNotCount() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    shards.at(FakeCluster.N).searchable.addAll(moved);
    Set<String> unfound = shards.at(FakeCluster.url(1)).searchable;
    shards.at(FakeCluster.N).searchable.removeAll(unfound);
    unfound.clear();
    assertTrue(warmed(context).compareTo(Duration.ofSeconds(2)) < 0);
  }

  /** The donors' indexes are built too: what nobody finds now may be found on them soon. */
  @Test
  void pointsThatNobodyFindsAreWaitedForAMinute() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    for (int id = 0; id < 3; id++) {
      shards.at(FakeCluster.url(id)).searchable.clear();
    }
    assertBetween(Duration.ofSeconds(60), Duration.ofSeconds(62), warmed(context));
  }

  @Test
  void aCollectionThatCannotBeSearchedDoesNotHoldTheMigration() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    shards.at(FakeCluster.N).refusesSearches = true;
    assertTrue(warmed(context).compareTo(Duration.ofSeconds(2)) < 0);
  }

  /** Only a search would build the index, and none is taken. */
  @Test
  void alsoIfItsIndexIsNeverBuilt() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(false));
    shards.at(FakeCluster.N).refusesSearches = true;
    assertTrue(warmed(context).compareTo(Duration.ofSeconds(3)) < 0);
  }

  @Test
  void aRefusedSearchSaysNothingAboutACollectionThatWasMadeAnew() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(false));
    Stub target = shards.at(FakeCluster.N);
    target.refusesSearches = true;
    indexes.poll(context, List.of(FakeCluster.N), (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    target.refusesSearches = false;
    target.collections.put(
        "docs", StubShards.collection("docs", moved.size(), "3", Optional.of(false)));
    indexes.poll(context, List.of(FakeCluster.N), (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(1, target.openSearches);
    indexes.closeAll();
  }

  @Test
  void aCollectionThatCannotBeReadKeepsNoOtherFromItsIndex() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(false));
    Stub target = shards.at(FakeCluster.N);
    target.has("a", 5);
    target.indexReady("a", false);
    target.unreadable.add("a");
    indexes.poll(context, List.of(FakeCluster.N), (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(1, target.openSearches);
    target.indexReady("docs", true);
    indexes.poll(context, List.of(FakeCluster.N), (url, name) -> 1);
    cluster.world.sleep(Duration.ofSeconds(1));
    assertEquals(0, target.openSearches);
  }

  /** A page of them would be too large: fewer are read, and the migration is not held by them. */
  @Test
  void longRowsAreProbedInSmallerPages() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    String vector = "[" + "0.123456789,".repeat(8_000) + "1]";
    for (Stub stub : List.of(shards.at(FakeCluster.url(0)), shards.at(FakeCluster.N))) {
      stub.rows.put(
          "docs", stub.rows.get("docs").stream().map(row -> row(row.id(), vector)).toList());
    }
    shards.at(FakeCluster.N).searchable.addAll(moved);
    assertTrue(warmed(context).compareTo(Duration.ofSeconds(3)) < 0);
  }

  /** Clients dropped it on the shard that leaves, and failed to on a survivor. */
  @DisplayName("a multivector collection that only a survivor has is not waited for")
  @Test
  void aMultivectorCollectionOfASurvivorAloneIsNotWaitedFor() throws Exception {
    cluster.begin(MigrationKind.DRAIN, Phase.WARMING);
    shards
        .at(FakeCluster.url(0))
        .collections
        .put("tokens", new ShardCollection("tokens", 5, "ivf", true, Optional.of(false), "{}"));
    MigrationContext context = cluster.bundle(cluster.control());
    assertTrue(warmed(context).compareTo(Duration.ofSeconds(3)) < 0);
  }

  @Test
  void theLastOfThemAreProbedToo() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    String vector = "[" + "0.123456789,".repeat(8_000) + "1]";
    Stub last = shards.at(FakeCluster.url(2));
    last.rows.put("docs", last.rows.get("docs").stream().map(r -> row(r.id(), vector)).toList());
    Shard target = MigrationShards.of(context).targets().get(0);
    List<SearchProbes.Probe> probes =
        new SearchProbes(context, new ListingCache(shards)).sample("docs", target);
    SearchProbes.Probe probe = probes.get(probes.size() - 1);
    List<String> ids = last.rows.get("docs").stream().map(Row::id).toList();
    assertEquals(FakeCluster.url(2), probe.donorUrl());
    int behind = ids.size() - ids.indexOf(probe.row().id());
    assertTrue(behind < 25, "the last probe stands " + behind + " rows before the end");
  }

  @Test
  void donorsAreSampledSideBySide() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    Shard target = MigrationShards.of(context).targets().get(0);
    Duration slow = Duration.ofSeconds(1);
    for (int id = 0; id < 3; id++) {
      shards.at(FakeCluster.url(id)).delay = slow;
    }
    long begun = cluster.world.nanos();
    List<SearchProbes.Probe> probes =
        new SearchProbes(context, new ListingCache(shards)).sample("docs", target);
    assertEquals(8, probes.size());
    long oneDonor = 3 * slow.toNanos();
    assertBetween(
        Duration.ofNanos(oneDonor),
        Duration.ofNanos(oneDonor).plusSeconds(1),
        Duration.ofNanos(cluster.world.nanos() - begun));
    shards.at(FakeCluster.url(1)).down = true;
    ShardException e =
        assertThrows(
            ShardException.class,
            () -> new SearchProbes(context, new ListingCache(shards)).sample("docs", target));
    assertEquals(FakeCluster.url(1), e.url());
  }

  @DisplayName("rows that do not fit into memory together are sampled one donor after the other")
  @Test
  void longRowsAreSampledOneDonorAfterTheOther() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.of(true));
    String vector = "[" + "0.123456789,".repeat(130_000) + "1]";
    Stub last = shards.at(FakeCluster.url(2));
    List<Row> rows = new ArrayList<>(last.rows.get("docs"));
    String longId = moved.stream().filter(id -> holds(rows, id)).findFirst().orElseThrow();
    rows.replaceAll(row -> row.id().equals(longId) ? row(longId, vector) : row);
    last.rows.put("docs", rows.subList(indexOf(rows, longId), rows.size()));
    Shard target = MigrationShards.of(context).targets().get(0);
    List<SearchProbes.Probe> probes =
        new SearchProbes(context, new ListingCache(shards)).sample("docs", target);
    assertEquals(8, probes.size());
  }

  private static boolean holds(List<Row> rows, String id) {
    return indexOf(rows, id) >= 0;
  }

  private static int indexOf(List<Row> rows, String id) {
    return rows.stream().map(Row::id).toList().indexOf(id);
  }

  @Test
  void aDonorThatRefusesSearchesSaysNothingAboutTheNewShard() throws Exception {
    MigrationContext context = copied(Phase.WARMING, Optional.empty());
    for (int id = 0; id < 3; id++) {
      shards.at(FakeCluster.url(id)).refusesSearches = true;
    }
    at(25, () -> shards.at(FakeCluster.N).searchable.addAll(moved));
    assertBetween(Duration.ofSeconds(25), Duration.ofSeconds(27), warmed(context));
  }

  private void warmingWithAReplica() {
    MigrationPlan plan =
        new MigrationPlan(MigrationKind.GROW, 3, FakeCluster.N, List.of(REPLICA), false, List.of());
    cluster.accept(new Command.StartMigration(plan, 0, cluster.term));
    for (Phase to :
        List.of(Phase.JOINING, Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING, Phase.WARMING)) {
      cluster.accept(
          new Command.AdvanceMigration(1, cluster.migration().phase(), to, "", cluster.term));
    }
  }

  /** Whole points are kept meanwhile, of as many collections as there are. */
  @Test
  void pointsOfOneCollectionAtATimeAreSearchedFor() throws Exception {
    warmingWithAReplica();
    MigrationContext context = cluster.bundle(cluster.control());
    fill(context);
    List<Stub> all = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      all.add(shards.at(FakeCluster.url(id)));
    }
    for (String url : List.of(FakeCluster.N, REPLICA)) {
      shards.at(url).has("docs", moved.size());
      shards.at(url).searchable.addAll(moved);
      all.add(shards.at(url));
    }
    List<String> few = moved.subList(0, 2);
    for (Stub shard : all) {
      List<Row> rows =
          shard.rows.getOrDefault("docs", List.of()).stream()
              .filter(row -> few.contains(row.id()))
              .toList();
      shard.has("more", shard.store == shards.at(REPLICA) ? few.size() : rows.size());
      shard.rows.put("more", rows);
    }
    warmed(context);
    assertEquals(
        List.of(
            "docs " + FakeCluster.N + " PT2S",
            "docs " + REPLICA + " PT2S",
            "more " + FakeCluster.N + " PT2S",
            "more " + REPLICA + " PT2S"),
        shards.searches.stream().distinct().toList());
    assertEquals(
        few.size(),
        shards.searches.stream().filter(s -> s.startsWith("more " + FakeCluster.N)).count());
  }

  @Test
  void aReplicaThatStaysBehindHoldsTheMigrationByName() throws Exception {
    warmingWithAReplica();
    MigrationContext context = cluster.bundle(cluster.control());
    fill(context);
    shards.at(FakeCluster.N).has("docs", moved.size());
    shards.at(FakeCluster.N).searchable.addAll(moved);
    shards.at(REPLICA).has("docs", 3);
    shards.at(REPLICA).searchable.addAll(moved);
    at(
        60,
        () -> {
          assertEquals(MigrationState.HOLDING, cluster.migration().state());
          assertTrue(cluster.migration().waitingOn().orElseThrow().detail().contains(REPLICA));
          shards.at(REPLICA).has("docs", moved.size());
        });
    assertBetween(Duration.ofSeconds(60), Duration.ofSeconds(71), warmed(context));
  }

  @Test
  void coolsUntilSearchesHaveForgottenWhatWasDropped() throws Exception {
    MigrationContext context = copied(Phase.COOLING, Optional.of(true));
    at(40, () -> shards.at(FakeCluster.url(1)).searchable.clear());
    shards.at(FakeCluster.url(0)).searchable.clear();
    shards.at(FakeCluster.url(2)).searchable.clear();
    Duration before = cluster.world.elapsed();
    new StaleIndexWait(context, indexes).await();
    assertBetween(
        Duration.ofSeconds(40), Duration.ofSeconds(42), cluster.world.elapsed().minus(before));
  }

  @Test
  void coolingEndsAllTheSameWhenItTakesTooLong() throws Exception {
    MigrationContext context = copied(Phase.COOLING, Optional.of(true));
    Duration before = cluster.world.elapsed();
    new StaleIndexWait(context, indexes).await();
    assertBetween(
        Duration.ofMinutes(10), Duration.ofMinutes(11), cluster.world.elapsed().minus(before));
    String left = ((LogStepControl) context.control()).warning();
    assertTrue(left.matches("cooling timed out: .*still show dropped points of docs"), left);
  }
}
