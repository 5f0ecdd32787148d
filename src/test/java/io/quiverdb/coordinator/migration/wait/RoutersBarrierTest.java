// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing passes the barrier but the newest map, confirmed by every registered router. */
class RoutersBarrierTest {
  private final FakeCluster cluster = new FakeCluster();

  private Duration barrier() throws InterruptedException {
    LogStepControl control = cluster.control();
    StepTask heartbeat =
        StepTask.start(
            cluster.world, cluster.world, "heartbeat", Duration.ofSeconds(1), control::tick);
    Duration before = cluster.world.elapsed();
    new RoutersBarrier(cluster.bundle(control)).await();
    heartbeat.end();
    return cluster.world.elapsed().minus(before);
  }

  private void at(int second, Runnable change) {
    cluster.at(Duration.ofSeconds(second), change);
  }

  private static ShardMap older(ShardMap map) {
    return map.withVersion(map.version() - 1);
  }

  @Test
  void waitsForStaleMembersAndForWhatBeganBefore() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    assertBetween(Duration.ofSeconds(12), Duration.ofSeconds(13), barrier());
  }

  @Test
  void waitsForALaggingRouterAndNamesIt() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    cluster.routers.put(FakeCluster.R2, RoutersBarrierTest::older);
    at(
        6,
        () -> {
          assertEquals("router", cluster.migration().waitingOn().orElseThrow().what());
          assertTrue(
              cluster.migration().waitingOn().orElseThrow().detail().contains(FakeCluster.R2));
          cluster.routers.put(FakeCluster.R2, map -> map);
        });
    assertBetween(Duration.ofSeconds(16), Duration.ofSeconds(17), barrier());
  }

  @Test
  void holdsForAHigherVersion() throws InterruptedException {
    assertHolds(map -> map.withVersion(map.version() + 1), "never published");
  }

  @Test
  void holdsForAnotherContent() throws InterruptedException {
    assertHolds(
        map -> new ShardMap(map.version(), map.shards().subList(0, 2), List.of(), List.of()),
        "another map");
  }

  @Test
  void holdsForARouterThatDoesNotSay() throws InterruptedException {
    assertHolds(map -> null, "401");
  }

  private void assertHolds(java.util.function.UnaryOperator<ShardMap> wrong, String detail)
      throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    cluster.routers.put(FakeCluster.R1, wrong);
    at(
        40,
        () -> {
          assertEquals(MigrationState.HOLDING, cluster.migration().state());
          String waits = cluster.migration().waitingOn().orElseThrow().detail();
          assertTrue(waits.contains(detail) && waits.contains(FakeCluster.R1), waits);
          cluster.routers.put(FakeCluster.R1, map -> map);
        });
    assertBetween(Duration.ofSeconds(50), Duration.ofSeconds(63), barrier());
  }

  @Test
  void aRouterThatDoesNotKnowLeavingShardsNeverPasses() throws InterruptedException {
    cluster.begin(MigrationKind.DRAIN, Phase.ADOPTING);
    cluster.routers.put(
        FakeCluster.R1, map -> new ShardMap(map.version(), map.shards(), map.joining(), List.of()));
    at(
        30,
        () -> {
          assertTrue(cluster.migration().waitingOn().orElseThrow().detail().contains("0.27.0"));
          cluster.accept(new Command.RemoveRouter(FakeCluster.R1, true));
        });
    assertBetween(Duration.ofSeconds(40), Duration.ofSeconds(52), barrier());
  }

  @Test
  void aRouterThatFellBackMeanwhileIsWaitedForAnew() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    at(8, () -> cluster.routers.put(FakeCluster.R2, RoutersBarrierTest::older));
    at(15, () -> cluster.routers.put(FakeCluster.R2, map -> map));
    assertBetween(Duration.ofSeconds(25), Duration.ofSeconds(27), barrier());
  }

  @Test
  void whereNobodyIsRegisteredNobodyPasses() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    cluster.accept(new Command.RemoveRouter(FakeCluster.R1, true));
    cluster.accept(new Command.RemoveRouter(FakeCluster.R2, true));
    at(20, () -> assertEquals(MigrationState.HOLDING, cluster.migration().state()));
    at(21, () -> cluster.accept(new Command.RegisterRouter(FakeCluster.R1)));
    assertBetween(Duration.ofSeconds(31), Duration.ofSeconds(42), barrier());
  }

  @Test
  void timeStandsInForTheirWordWhereAdoptionIsAssumed() throws InterruptedException {
    cluster.adoptionAssumed = true;
    cluster.begin(MigrationKind.GROW, Phase.ADOPTING);
    cluster.accept(new Command.RemoveRouter(FakeCluster.R1, true));
    cluster.accept(new Command.RemoveRouter(FakeCluster.R2, true));
    assertBetween(Duration.ofSeconds(20), Duration.ofSeconds(21), barrier());
  }
}
