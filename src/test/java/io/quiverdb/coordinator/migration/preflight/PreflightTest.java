// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.router.RouterException;
import io.quiverdb.coordinator.shard.ShardApi.Role;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Each precondition of a migration has its own named check. */
class PreflightTest {
  private static final String REPLICA = "http://n-replica:6333";

  private final FakeCluster cluster = new FakeCluster();
  private MigrationRequest request = MigrationRequest.grow(FakeCluster.N, List.of(), 0);

  private PreflightReport report(boolean dryRun) throws InterruptedException {
    MigrationPorts ports = cluster.ports();
    return new Preflight(
            cluster.settings(), ports.shards(), ports.routers(), ports.time(), ports.tasks())
        .examine(cluster.state(), request, dryRun);
  }

  private void assertRefused(String check, String detail) throws InterruptedException {
    for (boolean dryRun : List.of(false, true)) {
      PreflightReport report = report(dryRun);
      assertEquals(
          check, report.firstFailed().map(Check::name).orElse("nothing"), "" + report.checks());
      String found = report.firstFailed().orElseThrow().detail();
      assertTrue(found.contains(detail), found);
      assertTrue(report.plan().isEmpty());
    }
  }

  private void assertRefusedByWriting(String check, String detail) throws InterruptedException {
    assertTrue(report(true).accepted());
    PreflightReport report = report(false);
    assertEquals(check, report.firstFailed().map(Check::name).orElse("nothing"));
    assertTrue(report.firstFailed().orElseThrow().detail().contains(detail));
    assertTrue(report.plan().isEmpty());
  }

  private Command started(MigrationPlan plan) {
    return new Command.StartMigration(plan, request.throttlePointsPerSecond(), cluster.term);
  }

  private StubShards.Stub at(String url) {
    return cluster.shards.at(url);
  }

  @Test
  void aGrowThatNothingSpeaksAgainst() throws InterruptedException {
    at(FakeCluster.N).has("docs", 0);
    PreflightReport report = report(false);
    assertTrue(report.accepted(), "" + report.checks());
    MigrationPlan plan = report.plan().orElseThrow();
    assertEquals(List.of("docs"), plan.collectionsBefore());
    assertFalse(plan.adoptionAssumed());
    assertEquals(3, report.transfers().listed().size());
    assertEquals(25, report.transfers().listed().get(0).points());
    assertTrue(report.estimatedSeconds().orElseThrow() >= 30);
    cluster.accept(started(plan));
    assertEquals(List.of("docs"), List.copyOf(at(FakeCluster.N).collections.keySet()));
  }

  @Test
  void aDryRunWritesNothingAndSaysWhatItLeftOut() throws InterruptedException {
    int logged = cluster.logged.size();
    PreflightReport report = report(true);
    assertTrue(report.accepted());
    assertEquals(List.of(), cluster.shards.changes);
    assertEquals(logged, cluster.logged.size());
    assertEquals(
        List.of("shard_key", "target_alone"),
        report.checks().stream().filter(check -> check.ok().isEmpty()).map(Check::name).toList());
  }

  @Test
  void aShardThatDoesNotAnswerLeavesTheDurationUnknown() throws InterruptedException {
    assertTrue(report(true).estimatedSeconds().isPresent());
    at(FakeCluster.url(1)).down = true;
    assertEquals(OptionalLong.empty(), report(true).estimatedSeconds());
  }

  @Test
  void nothingIsTriedOnShardsWhileSomethingElseIsWrong() throws InterruptedException {
    at(FakeCluster.url(1)).has("other", 0);
    assertRefused("collections_agree", "other");
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void aCollectionOfAUserThatIsNamedLikeAProbe() throws InterruptedException {
    at(FakeCluster.url(1)).has("quiver_coordinator_probe_mine", 3);
    assertRefused("probe_names", "3 points in quiver_coordinator_probe_mine");
    at(FakeCluster.url(1)).collections.remove("quiver_coordinator_probe_mine");
    at(FakeCluster.N).has("quiver_coordinator_probe_mine", 3);
    assertRefused("probe_names", FakeCluster.N);
  }

  @Test
  void anActiveMigration() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    assertRefused("no_migration", "migration 1");
  }

  @Test
  void aShardThatJoinsByHand() throws InterruptedException {
    cluster.accept(new Command.AddJoiningShard("http://x:6333", List.of()));
    assertRefused("membership", "3");
  }

  @Test
  void aDrainTakesOverAShardThatLeavesByHand() throws InterruptedException {
    cluster.accept(Walk.leaving(cluster.state(), 2));
    request = MigrationRequest.drain(2, 0);
    assertTrue(report(true).accepted());
    request = MigrationRequest.drain(1, 0);
    assertRefused("membership", "2");
  }

  @Test
  void aUrlThatIsInTheMapAlready() throws InterruptedException {
    request = MigrationRequest.grow(FakeCluster.url(1) + "/", List.of(), 0);
    assertRefused("url", "shard 1");
  }

  @Test
  void theLastShard() throws InterruptedException {
    cluster.accept(new Command.RemoveShard(0));
    cluster.accept(new Command.RemoveShard(1));
    request = MigrationRequest.drain(2, 0);
    assertRefused("shard", "no shard would be left");
    request = MigrationRequest.drain(9, 0);
    assertRefused("shard", "9");
  }

  @Test
  void noRouterIsRegistered() throws InterruptedException {
    cluster.accept(new Command.RemoveRouter(FakeCluster.R1, false));
    cluster.accept(new Command.RemoveRouter(FakeCluster.R2, false));
    assertRefused("routers_registered", "register");
    cluster.adoptionAssumed = true;
    PreflightReport report = report(false);
    assertTrue(report.plan().orElseThrow().adoptionAssumed());
  }

  @Test
  void aRouterThatDoesNotConfirm() throws InterruptedException {
    cluster.routers.put(FakeCluster.R2, map -> map.withVersion(map.version() - 1));
    assertRefused("routers_confirm", FakeCluster.R2);
    cluster.routers.put(FakeCluster.R2, map -> map.withVersion(map.version() + 1));
    assertRefused("routers_confirm", "never published");
    cluster.routers.put(FakeCluster.R2, map -> null);
    assertRefused("routers_confirm", "401");
  }

  @Test
  void aRouterThatKnowsShardsOfAnotherCoordinator() throws InterruptedException {
    cluster.routers.put(
        FakeCluster.R1,
        map ->
            ((io.quiverdb.coordinator.model.MapChange.Changed)
                    map.add(40, "http://x:6333", List.of()))
                .map());
    PreflightReport report = report(false);
    assertTrue(
        report.checks().stream()
            .anyMatch(
                check -> check.name().equals("router_shard_ids") && check.detail().contains("40")));
  }

  @Test
  void aRouterThatCannotSeeLeavingShards() throws InterruptedException {
    RouterApi old =
        new RouterApi() {
          @Override
          public ShardMap adoptedMap(String url) {
            return cluster.state().map();
          }

          @Override
          public boolean knowsLeaving(String url) throws RouterException {
            return false;
          }
        };
    MigrationPorts ports = cluster.ports();
    PreflightReport report =
        new Preflight(cluster.settings(), ports.shards(), old, ports.time(), ports.tasks())
            .examine(cluster.state(), MigrationRequest.drain(2, 0), false);
    assertEquals("routers_see_leaving", report.firstFailed().orElseThrow().name());
  }

  @Test
  void aShardThatDoesNotAnswerOrTakesNoWrites() throws InterruptedException {
    at(FakeCluster.url(1)).down = true;
    assertRefused("primaries_writable", FakeCluster.url(1));
    at(FakeCluster.url(1)).down = false;
    at(FakeCluster.url(1)).role = Role.READ_ONLY;
    assertRefused("primaries_writable", "403");
    at(FakeCluster.url(1)).role = Role.RAFT_FOLLOWER;
    assertRefused("primaries_writable", "421");
    request = MigrationRequest.drain(2, 0);
    at(FakeCluster.url(1)).down = true;
    assertRefused("primaries_writable", FakeCluster.url(1));
  }

  @Test
  void aTargetThatIsReadOnly() throws InterruptedException {
    at(FakeCluster.N).role = Role.READ_ONLY;
    assertRefused("primaries_writable", FakeCluster.N);
  }

  @Test
  void aReplicaThatTakesWrites() throws InterruptedException {
    request = MigrationRequest.grow(FakeCluster.N, List.of(REPLICA), 0);
    assertRefused("replicas_read_only", REPLICA);
  }

  @Test
  void collectionsThatCannotBeMoved() throws InterruptedException {
    for (int id = 0; id < 3; id++) {
      at(FakeCluster.url(id))
          .collections
          .put("many", new ShardCollection("many", 1, "colbert", true, Optional.empty(), "{}"));
    }
    assertRefused("collections_movable", "multivector");
    for (int id = 0; id < 3; id++) {
      at(FakeCluster.url(id))
          .collections
          .put(
              "many", new ShardCollection("many", 1, "disk_vamana", false, Optional.empty(), "{}"));
    }
    assertRefused("collections_movable", "binary");
  }

  @Test
  void aTargetThatIsNotEmpty() throws InterruptedException {
    at(FakeCluster.N).has("docs", 1);
    assertRefused("target_empty", "1 points");
    at(FakeCluster.N).has("docs", 0, "8");
    assertRefused("target_empty", "docs");
  }

  @Test
  void aTargetThatIsAnotherShardUnderAnotherName() throws InterruptedException {
    for (int id = 0; id < 3; id++) {
      at(FakeCluster.url(id)).has("docs", 0);
    }
    at(FakeCluster.N).store = at(FakeCluster.url(1));
    assertRefusedByWriting("target_alone", FakeCluster.url(1));
    assertEquals(List.of("docs"), List.copyOf(at(FakeCluster.N).store.collections.keySet()));
  }

  @Test
  void aLeavingShardThatIsAnotherOneUnderAnotherName() throws InterruptedException {
    request = MigrationRequest.drain(2, 0);
    at(FakeCluster.url(2)).store = at(FakeCluster.url(1));
    assertRefusedByWriting("target_alone", FakeCluster.url(1));
    assertEquals(List.of("docs"), List.copyOf(at(FakeCluster.url(1)).collections.keySet()));
  }

  /** By another start that takes it for a leftover. */
  @Test
  void aProbeThatVanishesProvesNothing() throws InterruptedException {
    at(FakeCluster.url(2)).store = at(FakeCluster.url(1));
    for (MigrationRequest each :
        List.of(MigrationRequest.drain(2, 0), MigrationRequest.grow(FakeCluster.N, List.of(), 0))) {
      request = each;
      Stub store = at(each.kind() == MigrationKind.DRAIN ? FakeCluster.url(1) : FakeCluster.N);
      var unused =
          cluster.world.start(
              "another start",
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  cluster.world.sleep(Duration.ofMillis(1));
                  store.collections.keySet().removeIf(name -> name.startsWith(AliasProbe.PREFIX));
                }
                return "dropped";
              });
      assertRefusedByWriting("target_alone", "dropped meanwhile");
    }
  }

  @Test
  void aReplicaThatDoesNotFollow() throws InterruptedException {
    request = MigrationRequest.grow(FakeCluster.N, List.of(REPLICA), 0);
    at(REPLICA).role = Role.READ_ONLY;
    assertRefusedByWriting("target_alone", REPLICA);
    at(REPLICA).store = at(FakeCluster.N);
    assertTrue(report(false).accepted());
  }

  @Test
  void aKeyThatHidesCollections() throws InterruptedException {
    at(FakeCluster.url(2)).scopedKey = true;
    assertRefusedByWriting("shard_key", FakeCluster.url(2));
  }

  @Test
  void aLeftoverProbeIsRemoved() throws InterruptedException {
    at(FakeCluster.N).has(AliasProbe.PREFIX + "alias_1", 0);
    PreflightReport report = report(false);
    assertTrue(report.accepted(), "" + report.checks());
    assertEquals(List.of(), report.plan().orElseThrow().collectionsBefore());
    assertTrue(at(FakeCluster.N).collections.isEmpty());
  }

  /** After all other checks: the plan would know nothing of it, and doubt nothing later. */
  @Test
  void aShardThatCannotBeCountedInTheEnd() throws InterruptedException {
    at(FakeCluster.N).has("docs", 0);
    int[] changes = {0};
    cluster.shards.onChange = () -> changes[0]++;
    assertTrue(report(false).accepted());
    int all = changes[0];
    for (String url : List.of(FakeCluster.url(1), FakeCluster.N)) {
      changes[0] = 0;
      cluster.shards.onChange = () -> at(url).broken = ++changes[0] >= all;
      PreflightReport report = report(false);
      assertEquals("counted", report.firstFailed().map(Check::name).orElse("nothing"), url);
      assertTrue(report.firstFailed().orElseThrow().detail().contains("try again: " + url));
      assertTrue(report.plan().isEmpty());
      at(url).broken = false;
    }
  }

  @Test
  void aDrainThatNothingSpeaksAgainst() throws InterruptedException {
    request = MigrationRequest.drain(2, 50);
    PreflightReport report = report(false);
    assertTrue(report.accepted(), "" + report.checks());
    assertEquals(2, report.transfers().listed().size());
    assertEquals(50, report.transfers().listed().get(0).points());
    cluster.accept(started(report.plan().orElseThrow()));
    assertEquals(50, cluster.migration().throttlePointsPerSecond());
  }
}
