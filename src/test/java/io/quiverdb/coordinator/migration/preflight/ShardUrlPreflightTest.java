// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.CopiedMigration;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Role;
import io.quiverdb.coordinator.shard.ShardSighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each precondition of a new address of a shard has its own named check. */
class ShardUrlPreflightTest {
  private static final String OLD = FakeCluster.url(1);
  private static final String NEW = FakeCluster.N;
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00.123Z");
  private static final List<String> ALL =
      List.of(
          "no_migration",
          "url",
          "routers_confirm",
          "new_url_writable",
          "replicas_read_only",
          "collections_match",
          "counts_match",
          "points_belong",
          "old_url_refuses");

  private final FakeCluster cluster = new FakeCluster();
  private Optional<ShardSighting> seen = Optional.empty();
  private Optional<String> oldLives = Optional.empty();
  private boolean force;
  private Optional<List<String>> replicas = Optional.empty();

  @BeforeEach
  void restored() {
    at(OLD).down = true;
    at(NEW).has("docs", 1_000);
    saw("docs", 1_000);
  }

  private StubShards.Stub at(String url) {
    return cluster.shards.at(url);
  }

  private void saw(String collection, long count) {
    seen =
        Optional.of(
            new ShardSighting(
                OLD,
                NOON,
                List.of(StubShards.collection(collection, count, "2", Optional.of(true)))));
  }

  private Map<String, Check> checks() throws InterruptedException {
    MigrationPorts ports = cluster.ports();
    Map<String, Check> byName = new TreeMap<>();
    List<Check> made =
        new ShardUrlPreflight(
                ports.shards(), ports.routers(), ports.tasks(), id -> seen, url -> oldLives)
            .examine(cluster.state(), new ShardUrlRequest(1, " " + NEW, replicas, force));
    assertEquals(ALL, made.stream().map(Check::name).toList());
    made.forEach(check -> byName.put(check.name(), check));
    assertEquals(List.of(), cluster.shards.changes, "they only read");
    return byName;
  }

  private void assertWell() throws InterruptedException {
    checks().values().forEach(check -> assertEquals(Optional.of(true), check.ok(), "" + check));
  }

  private void assertOnly(String name, String detail) throws InterruptedException {
    Map<String, Check> made = checks();
    assertEquals(
        List.of(name), made.values().stream().filter(Check::failed).map(Check::name).toList());
    assertTrue(made.get(name).detail().contains(detail), "" + made.get(name));
  }

  @Test
  void nothingSpeaksAgainstIt() throws InterruptedException {
    assertWell();
    assertTrue(checks().get("counts_match").detail().contains("2026-11-29T12:00:00Z"));
    at(NEW).has("new", 0);
    at(NEW).has("quiver_coordinator_probe_left", 0);
    assertWell();
  }

  @Test
  void anActiveMigration() throws InterruptedException {
    cluster.begin(MigrationKind.DRAIN, Phase.PREPARED);
    assertOnly("no_migration", "migration 1");
  }

  @Test
  void aUrlOfAnotherShardIsNotLookedAt() throws InterruptedException {
    MigrationPorts ports = cluster.ports();
    List<Check> made =
        new ShardUrlPreflight(
                ports.shards(), ports.routers(), ports.tasks(), id -> seen, url -> oldLives)
            .examine(
                cluster.state(),
                new ShardUrlRequest(1, FakeCluster.url(2), Optional.empty(), false));
    assertEquals(ALL.subList(0, 3), made.stream().map(Check::name).toList());
    assertTrue(made.get(1).failed());
  }

  @Test
  void aRouterThatDoesNotFollow() throws InterruptedException {
    cluster.routers.put(FakeCluster.R2, map -> map.withVersion(map.version() - 1));
    assertOnly("routers_confirm", FakeCluster.R2);
    cluster.accept(new Command.RemoveRouter(FakeCluster.R2, false));
    cluster.accept(new Command.RemoveRouter(FakeCluster.R1, false));
    assertWell();
  }

  @Test
  void aReplicaThatIsNotPromoted() throws InterruptedException {
    at(NEW).role = Role.READ_ONLY;
    assertOnly("new_url_writable", "403");
    at(NEW).role = Role.RAFT_FOLLOWER;
    assertOnly("new_url_writable", "421");
    at(NEW).down = true;
    assertEquals(Optional.of(false), checks().get("new_url_writable").ok());
  }

  @Test
  void aReplicaThatIsNamedAndTakesWrites() throws InterruptedException {
    replicas = Optional.of(List.of(" http://r1:1 ", "http://r2:1"));
    at("http://r1:1").role = Role.READ_ONLY;
    at("http://r2:1").role = Role.RAFT_FOLLOWER;
    assertWell();
    at("http://r2:1").role = Role.WRITABLE;
    assertOnly("replicas_read_only", "http://r2:1 takes writes: it is no replica");
    force = true;
    assertEquals(Optional.of(false), checks().get("replicas_read_only").ok());
    at("http://r2:1").down = true;
    assertEquals(Optional.of(false), checks().get("replicas_read_only").ok());
  }

  @Test
  void collectionsThatAreMissingOrOther() throws InterruptedException {
    at(NEW).collections.remove("docs");
    assertEquals(Optional.of(false), checks().get("collections_match").ok());
    at(NEW).has("docs", 1_000, "3");
    assertOnly("collections_match", "another schema");
    force = true;
    assertOnly("collections_match", "another schema");
  }

  @Test
  void countsMayDifferByOnePercent() throws InterruptedException {
    for (long count : List.of(990L, 1_010L)) {
      at(NEW).has("docs", count);
      assertWell();
    }
    for (long count : List.of(989L, 1_011L, 0L)) {
      at(NEW).has("docs", count);
      assertOnly("counts_match", "docs: " + count + " points, not 1000");
    }
    at(NEW).has("docs", 1_000);
    at(NEW).has("more", 1);
    assertOnly("counts_match", "more: 1 points, not 0");
    force = true;
    assertEquals(Optional.empty(), checks().get("counts_match").ok());
  }

  @Test
  void ofFewPointsNoneMayBeMissing() throws InterruptedException {
    saw("docs", 99);
    at(NEW).has("docs", 98);
    assertOnly("counts_match", "98");
  }

  @Test
  void aShardThatTheLeaderHasNeverSeen() throws InterruptedException {
    seen = Optional.empty();
    assertOnly("counts_match", "has not seen");
    assertTrue(checks().get("collections_match").detail().contains(FakeCluster.url(0)));
    at(NEW).has("docs", 1_000, "3");
    force = true;
    assertOnly("collections_match", FakeCluster.url(0));
    at(FakeCluster.url(0)).down = true;
    at(FakeCluster.url(2)).down = true;
    assertEquals(Optional.empty(), checks().get("collections_match").ok());
  }

  @Test
  void theOldProcessLives() throws InterruptedException {
    oldLives = Optional.of("it takes connections");
    assertOnly("old_url_refuses", "takes connections");
    force = true;
    assertEquals(Optional.empty(), checks().get("old_url_refuses").ok());
  }

  private void holds(long owner, int others) {
    List<Row> rows =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "p" + i)
            .filter(id -> RendezvousHash.owner(cluster.state().map(), id).orElseThrow() == owner)
            .limit(80)
            .map(id -> CopiedMigration.row(id))
            .collect(java.util.stream.Collectors.toList());
    IntStream.range(0, 10_000)
        .mapToObj(i -> "p" + i)
        .filter(id -> RendezvousHash.owner(cluster.state().map(), id).orElseThrow() != owner)
        .limit(others)
        .forEach(id -> rows.add(CopiedMigration.row(id)));
    at(NEW).rows.put("docs", rows);
  }

  /** Counts of shards are alike; whose points they are is not. */
  @Test
  void theDataOfAnotherShard() throws InterruptedException {
    holds(2, 0);
    force = true;
    assertOnly("points_belong", "shard 2");
    holds(2, 8);
    assertOnly("points_belong", "shard 2");
    holds(2, 20);
    assertEquals(Optional.of(true), checks().get("points_belong").ok());
    holds(1, 0);
    assertEquals(Optional.of(true), checks().get("points_belong").ok());
    holds(2, 0);
    at(NEW).unreadable.add("docs");
    assertEquals(Optional.of(true), checks().get("points_belong").ok(), "rows that are too long");
  }
}
