// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Leaders, operators, routers and collections that change in each phase of a migration. */
class PhaseInterleavingTest {
  private static final Duration TAKEOVER_QUIET = Duration.ofSeconds(14);
  private static final Duration REQUEST_DRAIN = Duration.ofSeconds(10);
  private static final Duration DATA_TIMEOUT = Duration.ofSeconds(10);

  private static final List<Phase> GROW = underWay(Walk.GROW);
  private static final List<Phase> DRAIN = underWay(Walk.DRAIN);

  /** Without the first phase and the last. */
  private static List<Phase> underWay(List<Phase> way) {
    return way.subList(1, way.size() - 1);
  }

  /** One cluster with a migration, and when points were touched. */
  private static final class Scene implements PointOperations {
    final FakeCluster cluster = new FakeCluster();
    final List<String> touched = new ArrayList<>();
    final List<Duration> when = new ArrayList<>();
    boolean stuck;

    @Override
    public void probePageSizes(MigrationContext context) {}

    /** A request whose answer does not come is under way until the step is stopped. */
    private void touch(String what, MigrationContext context)
        throws ShardException, InterruptedException {
      touched.add(what);
      when.add(cluster.world.elapsed());
      while (stuck && !what.equals("wipe")) {
        context.control().check();
        cluster.world.sleep(Duration.ofMillis(200));
      }
    }

    @Override
    public void copy(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, InterruptedException {
      touch("copy", context);
    }

    @Override
    public void verify(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, InterruptedException {
      touch("verify", context);
    }

    @Override
    public boolean drop(MigrationContext context, List<ShardCollection> collections)
        throws ShardException, InterruptedException {
      touch("drop", context);
      return true;
    }

    @Override
    public void wipe(MigrationContext context) throws ShardException, InterruptedException {
      touch("wipe", context);
    }

    void lead() {
      MigrationExecutor executor =
          new MigrationExecutor(cluster.term, cluster.ports(), cluster.settings(), this);
      var unused =
          cluster.world.start(
              "executor",
              () -> {
                executor.run();
                return "";
              });
    }

    Duration awaitEnd() throws InterruptedException {
      cluster.world.await(
          () -> cluster.state().migrations().active().isEmpty(), Duration.ofHours(1));
      assertTrue(cluster.state().migrations().active().isEmpty(), "" + cluster.migration());
      return cluster.world.elapsed();
    }
  }

  private interface Check {
    void run(MigrationKind kind, Phase phase) throws InterruptedException;
  }

  private static Stream<DynamicTest> each(Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (MigrationKind kind : MigrationKind.values()) {
      for (Phase phase : kind == MigrationKind.GROW ? GROW : DRAIN) {
        tests.add(dynamicTest(kind + " " + phase, () -> check.run(kind, phase)));
      }
      tests.add(dynamicTest(kind + " REVERTING", () -> check.run(kind, Phase.REVERTING)));
    }
    return tests.stream();
  }

  /** What the old leader had under way may take effect until just before the quiet ends. */
  @TestFactory
  Stream<DynamicTest> aLeaderKilledInAnyPhaseOfJoinRevertAndDrain() {
    return each(PhaseInterleavingTest::killedIn);
  }

  private static void killedIn(MigrationKind kind, Phase phase) throws InterruptedException {
    Scene scene = new Scene();
    scene.cluster.shards.at(FakeCluster.N).has("docs", 0);
    scene.cluster.begin(kind, phase == Phase.REVERTING ? Phase.COPYING : phase);
    if (phase == Phase.REVERTING) {
      scene.cluster.accept(new Command.CancelMigration(1, false));
    }
    scene.cluster.term++;
    Duration taken = scene.cluster.world.elapsed();
    scene.lead();
    Duration ended = scene.awaitEnd();
    assertEquals(
        phase == Phase.REVERTING ? Phase.REVERTED : Phase.DONE, scene.cluster.migration().phase());
    scene.when.forEach(
        when ->
            assertTrue(
                when.minus(taken).compareTo(TAKEOVER_QUIET) >= 0, scene.touched + " at " + when));
    assertTrue(ended.minus(taken).compareTo(TAKEOVER_QUIET) >= 0, "ended at " + ended);
  }

  @TestFactory
  Stream<DynamicTest> aCancelInAnyPhaseWithOneOfOurRequestsUnderWayThenAnotherJoin() {
    return Stream.of(Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING, Phase.WARMING)
        .map(phase -> dynamicTest("" + phase, () -> cancelledIn(phase)));
  }

  private static void cancelledIn(Phase phase) throws InterruptedException {
    Scene scene = new Scene();
    scene.lead();
    scene.cluster.world.sleep(Duration.ofMinutes(1));
    scene.cluster.start(MigrationKind.GROW);
    if (phase == Phase.WARMING) {
      scene.cluster.await(Phase.VERIFYING);
      StubShards.Stub target = scene.cluster.shards.at(FakeCluster.N);
      target.has("docs", 1);
      target.indexReady("docs", false);
    }
    scene.cluster.await(phase);
    scene.stuck = true;
    scene.cluster.world.sleep(Duration.ofMillis(500));
    boolean sent = phase != Phase.ADOPTING;
    Duration cancelled = scene.cluster.world.elapsed();
    scene.cluster.accept(new Command.CancelMigration(1, false));
    scene.awaitEnd();
    Duration least = sent ? DATA_TIMEOUT.plus(REQUEST_DRAIN) : REQUEST_DRAIN;
    Duration wiped = scene.when.get(scene.touched.indexOf("wipe"));
    assertTrue(wiped.minus(cancelled).compareTo(least) >= 0, "wiped at " + wiped);
    scene.stuck = false;
    scene.cluster.start(MigrationKind.GROW);
    scene.awaitEnd();
    assertEquals(Phase.DONE, scene.cluster.migration().phase());
    assertEquals(4, scene.cluster.migration().plan().shardId(), "under another id");
  }

  @Test
  void aRouterPinnedOnTheMapBeforeTheMigration() throws InterruptedException {
    Scene scene = new Scene();
    scene.cluster.routers.put(FakeCluster.R2, map -> map.withVersion(5));
    scene.lead();
    scene.cluster.start(MigrationKind.GROW);
    scene.cluster.await(Phase.ADOPTING);
    scene.cluster.world.sleep(Duration.ofMinutes(10));
    assertEquals(Phase.ADOPTING, scene.cluster.migration().phase());
    assertEquals(MigrationState.HOLDING, scene.cluster.migration().state());
    String detail = scene.cluster.migration().waitingOn().orElseThrow().detail();
    assertTrue(detail.contains(FakeCluster.R2 + " still serves map version 5"), detail);
    assertEquals(List.of(), scene.touched);
    Duration adopted = scene.cluster.world.elapsed();
    scene.cluster.routers.put(FakeCluster.R2, map -> map);
    scene.awaitEnd();
    assertTrue(
        scene.when.get(0).minus(adopted).compareTo(REQUEST_DRAIN) >= 0,
        "a write to the donor alone may be under way for that long: " + scene.when.get(0));
  }

  @Test
  void aRouterPinnedOnTheJoiningMapAfterTheFlip() throws InterruptedException {
    Scene scene = new Scene();
    scene.lead();
    scene.cluster.start(MigrationKind.GROW);
    scene.cluster.await(Phase.VERIFYING);
    scene.cluster.routers.put(FakeCluster.R1, map -> map.withVersion(6));
    scene.cluster.await(Phase.SETTLING);
    scene.cluster.world.sleep(Duration.ofMinutes(10));
    assertEquals(Phase.SETTLING, scene.cluster.migration().phase());
    assertTrue(
        scene.cluster.migration().waitingOn().orElseThrow().detail().contains(FakeCluster.R1),
        "" + scene.cluster.migration());
    assertTrue(!scene.touched.contains("drop"), "it reads from the donors");
    Duration adopted = scene.cluster.world.elapsed();
    scene.cluster.routers.put(FakeCluster.R1, map -> map);
    scene.awaitEnd();
    Duration dropped = scene.when.get(scene.touched.indexOf("drop"));
    assertTrue(dropped.minus(adopted).compareTo(REQUEST_DRAIN) >= 0, "dropped at " + dropped);
  }

  /** Through routers of either version: on the donors alone, or on the new shard as well. */
  @TestFactory
  Stream<DynamicTest> collectionsThatComeAndGoInAnyPhase() {
    return Stream.of(Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING, Phase.WARMING, Phase.SETTLING)
        .map(phase -> dynamicTest("" + phase, () -> collectionsIn(phase)));
  }

  private static void collectionsIn(Phase phase) throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.begin(MigrationKind.GROW, phase);
    String[] donors = {FakeCluster.url(0), FakeCluster.url(1), FakeCluster.url(2)};
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    boolean joining = cluster.state().map().isJoining(3);
    for (String donor : donors) {
      // Created through a router that did not know the new shard, and through one that did.
      cluster.shards.at(donor).has("by-the-old", 0, "4");
      cluster.shards.at(donor).has("by-the-new", 0, "4");
      if (joining) {
        // Dropped, and created once more with another dimension.
        cluster.shards.at(donor).has("again", 0, "8");
      }
    }
    cluster.shards.at(FakeCluster.N).has("by-the-new", 0, "4");
    if (joining) {
      cluster.shards.at(FakeCluster.N).has("again", 0, "4");
      cluster.shards.at(FakeCluster.N).has("dropped-by-the-old", 0, "4");
    }
    new CollectionSchemas(cluster.bundle(cluster.control())).awaitAgreement();
    List<String> changes = new ArrayList<>(cluster.shards.changes);
    String to = " " + FakeCluster.N;
    List<String> expected =
        joining
            ? List.of(
                "create by-the-old" + to,
                "drop again" + to,
                "create again" + to,
                "drop dropped-by-the-old" + to)
            : List.of("create by-the-old" + to);
    assertEquals(expected.stream().sorted().toList(), changes.stream().sorted().toList());
    for (String name : List.of("docs", "by-the-old", "by-the-new")) {
      assertEquals(
          cluster.shards.at(donors[0]).collections.get(name).schema(),
          cluster.shards.at(FakeCluster.N).collections.get(name).schema());
    }
  }

  @Test
  void aDonorThatDiesWhileCopyingAndComesBack() throws InterruptedException {
    Scene scene = new Scene();
    scene.lead();
    scene.cluster.start(MigrationKind.GROW);
    scene.cluster.await(Phase.ADOPTING);
    scene.cluster.shards.at(FakeCluster.url(1)).down = true;
    scene.cluster.world.sleep(Duration.ofMinutes(3));
    assertEquals(MigrationState.HOLDING, scene.cluster.migration().state());
    scene.cluster.shards.at(FakeCluster.url(1)).down = false;
    scene.awaitEnd();
    assertEquals(Phase.DONE, scene.cluster.migration().phase());
  }
}
