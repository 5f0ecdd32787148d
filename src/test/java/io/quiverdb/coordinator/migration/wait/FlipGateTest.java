// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.LedMigration;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gate before a flip, as the leader logs it and waits behind it. */
class FlipGateTest extends LedMigration {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final List<Duration> asked = new ArrayList<>();

  private void begin(MigrationKind kind) {
    cluster.routers.put(
        FakeCluster.R2,
        map -> {
          asked.add(cluster.world.elapsed());
          return map;
        });
    lead();
    cluster.start(kind);
  }

  /** Once, this long after the first gate. */
  private void atTheGate(Duration later, Runnable change) {
    var unused =
        cluster.world.start(
            "at the gate",
            () -> {
              awaitGate();
              cluster.world.sleep(later);
              change.run();
              return "done";
            });
  }

  private void awaitGate() throws InterruptedException {
    cluster.world.await(() -> cluster.migration().gate().isPresent(), Duration.ofHours(1));
  }

  private long gates() {
    return cluster.logged.stream().filter(GateMigration.class::isInstance).count();
  }

  private long verifications() {
    return data.calls.stream().filter("verify"::equals).count();
  }

  private void fallsBack() {
    cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
  }

  private void catchesUp() {
    cluster.routers.put(FakeCluster.R1, map -> map);
  }

  @ParameterizedTest
  @EnumSource
  void theLastChecksAndTheFlipComeWhenEveryRouterHasPolled(MigrationKind kind)
      throws InterruptedException {
    begin(kind);
    awaitGate();
    Duration gated = cluster.world.elapsed();
    Phase flip = kind == MigrationKind.GROW ? Phase.PROMOTED : Phase.REMOVED;
    cluster.world.await(() -> way().contains(flip), Duration.ofHours(1));
    Duration flipped = cluster.world.elapsed();
    assertTrue(flipped.minus(gated).compareTo(Gate.WAIT) >= 0, gated + " " + flipped);
    assertTrue(flipped.minus(gated).compareTo(Duration.ofMillis(2_500)) < 0);
    Duration open = gated.plus(Gate.WAIT);
    assertTrue(asked.stream().anyMatch(when -> when.compareTo(open) >= 0), "the last check");
    assertTrue(
        asked.stream()
            .anyMatch(
                when -> when.compareTo(gated) > 0 && when.compareTo(gated.plus(Gate.WAIT)) < 0),
        "routers are watched meanwhile");
    awaitEnd();
    assertEquals(1, gates());
    assertEquals(Optional.empty(), cluster.migration().gate());
  }

  @Test
  void aRouterThatFallsBackAtTheGateVoidsTheVerification() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(SOON, this::fallsBack);
    cluster.await(Phase.WARMING);
    cluster.await(Phase.VERIFYING);
    assertEquals(Optional.empty(), cluster.migration().gate(), "polls are held no longer");
    catchesUp();
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(2, verifications());
    assertEquals(2, gates(), "each flip that is tried has one of its own");
  }

  @Test
  void oneThatFellBackAndCaughtUpAtTheGateVoidsItToo() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(Duration.ZERO, this::fallsBack);
    atTheGate(Duration.ofMillis(1_500), this::catchesUp);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(2, verifications());
  }

  @Test
  void aCollectionThatComesAtTheGateVoidsTheVerification() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(SOON, () -> cluster.shards.at(FakeCluster.url(0)).has("new", 1));
    cluster.await(Phase.WARMING);
    cluster.await(Phase.VERIFYING);
    assertEquals(Optional.empty(), cluster.migration().gate());
  }

  @Test
  void aShardThatDoesNotAnswerTheLastCheckTakesTheGateAway() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(SOON, () -> cluster.shards.at(FakeCluster.url(0)).down = true);
    cluster.world.await(() -> cluster.migration().holds(), Duration.ofHours(1));
    assertEquals(Phase.WARMING, cluster.migration().phase());
    assertEquals(Optional.empty(), cluster.migration().gate());
    cluster.shards.at(FakeCluster.url(0)).down = false;
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(2, gates());
  }

  @Test
  void aPauseAtTheGateFlipsNothing() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(SOON, () -> cluster.accept(new Command.PauseMigration(1)));
    awaitGate();
    cluster.world.sleep(Duration.ofSeconds(60));
    assertEquals(Phase.WARMING, cluster.migration().phase());
    assertEquals(Optional.empty(), cluster.migration().gate());
    cluster.accept(new Command.ResumeMigration(1));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(2, verifications());
    assertEquals(2, gates());
  }

  @ParameterizedTest
  @EnumSource
  void aCancelAtTheGateFlipsNothing(MigrationKind kind) throws InterruptedException {
    begin(kind);
    ShardMap[] seen = new ShardMap[1];
    atTheGate(
        SOON,
        () -> {
          cluster.accept(new Command.CancelMigration(1, false));
          seen[0] = cluster.state().map();
        });
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals(seen[0], cluster.state().map());
    assertEquals(Optional.empty(), cluster.migration().gate());
  }

  @Test
  void aLeaderThatDiesAtTheGateLeavesTheFlipToAnotherGate() throws InterruptedException {
    begin(MigrationKind.GROW);
    atTheGate(SOON, this::newLeader);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(2, verifications(), "the next one verifies itself");
    assertEquals(2, gates());
    int flip = way().indexOf(Phase.PROMOTED);
    assertEquals(List.of(Phase.VERIFYING, Phase.WARMING), way().subList(flip - 2, flip));
  }

  @Test
  void aGateOfWhichNobodyKnowsWhetherItIsUpDelaysNothing() throws InterruptedException {
    cluster.underWay = GateMigration.class::isInstance;
    begin(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(1, verifications());
    assertEquals(0, gates());
  }
}
