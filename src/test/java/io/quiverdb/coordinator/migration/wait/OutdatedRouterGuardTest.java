// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.LedMigration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Routers that use an older map while the donors are cleaned. */
class OutdatedRouterGuardTest extends LedMigration {
  private static final Duration REQUEST_DRAIN = Duration.ofSeconds(10);

  /** When each pass of the drop began. */
  private final List<Duration> drops = new ArrayList<>();

  private void fallsBack() {
    cluster.routers.put(FakeCluster.R1, map -> map.withVersion(5));
  }

  private Duration comesBack() {
    cluster.routers.put(FakeCluster.R1, map -> map);
    return cluster.world.elapsed();
  }

  private void assertHoldsFor(String url) {
    assertEquals(Phase.DROPPING, cluster.migration().phase());
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertEquals("router", cluster.migration().waitingOn().orElseThrow().what());
    String detail = cluster.migration().waitingOn().orElseThrow().detail();
    assertTrue(detail.contains(url), detail);
  }

  @ParameterizedTest
  @EnumSource(MigrationKind.class)
  void aRouterThatFallsBackAfterTheFlipStopsTheDropUntilItConfirms(MigrationKind kind)
      throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    data.deeds.put(
        "drop",
        context -> {
          drops.add(cluster.world.elapsed());
          if (drops.size() == 1) {
            untilStopped(context);
          }
        });
    lead();
    cluster.start(kind);
    cluster.world.await(() -> drops.size() == 1, Duration.ofHours(1));
    cluster.world.sleep(Duration.ofSeconds(5));
    fallsBack();
    cluster.world.sleep(Duration.ofMinutes(10));
    assertHoldsFor(FakeCluster.R1 + " still serves map version 5");
    assertEquals(1, drops.size(), "what it writes now the donors alone have");
    Duration confirmed = comesBack();
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(drops.get(1).minus(confirmed).compareTo(REQUEST_DRAIN) >= 0, "" + drops);
  }

  @Test
  void aNewLeaderDropsNothingBeforeALateRouterConfirms() throws InterruptedException {
    data.deeds.put("drop", context -> drops.add(cluster.world.elapsed()));
    cluster.begin(MigrationKind.GROW, Phase.DROPPING);
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    fallsBack();
    newLeader();
    cluster.world.sleep(Duration.ofMinutes(10));
    assertHoldsFor(FakeCluster.R1);
    assertEquals(List.of(), drops);
    Duration confirmed = comesBack();
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(drops.get(0).minus(confirmed).compareTo(REQUEST_DRAIN) >= 0, "" + drops);
  }

  @Test
  void aRouterThatFallsBackAgainInTheDrainIsDrainedAgain() throws InterruptedException {
    data.deeds.put("drop", context -> drops.add(cluster.world.elapsed()));
    cluster.begin(MigrationKind.GROW, Phase.DROPPING);
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    fallsBack();
    newLeader();
    cluster.world.sleep(Duration.ofMinutes(1));
    var unused = comesBack();
    // A router polls every 2 s; the drain of 10 s has begun by then.
    cluster.world.sleep(Duration.ofSeconds(13));
    assertEquals(List.of(), drops);
    fallsBack();
    cluster.world.sleep(Duration.ofSeconds(2));
    Duration confirmed = comesBack();
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(drops.get(0).minus(confirmed).compareTo(REQUEST_DRAIN) >= 0, "" + drops);
  }

  /** It may have worked with an older map just before, and nobody knew of it. */
  @Test
  void aRouterThatIsRegisteredBehindTheBarrierIsDrainedToo() throws InterruptedException {
    Duration begun =
        beginDropping(
            () -> {
              cluster.routers.put("http://r3:6330", map -> map);
              cluster.accept(new Command.RegisterRouter("http://r3:6330"));
            });
    assertTrue(drops.get(0).minus(begun).compareTo(REQUEST_DRAIN) >= 0, begun + " " + drops);
  }

  @Test
  void thoseThatTheBarrierHasWaitedForAreNotDrainedAgain() throws InterruptedException {
    Duration begun = beginDropping(() -> {});
    assertTrue(drops.get(0).minus(begun).compareTo(REQUEST_DRAIN) < 0, begun + " " + drops);
  }

  /**
   * Runs a whole migration; gives the moment in which the change was made, just before the drop.
   */
  private Duration beginDropping(Runnable change) throws InterruptedException {
    data.deeds.put("drop", context -> drops.add(cluster.world.elapsed()));
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    List<Duration> begun = new ArrayList<>();
    cluster.underWay =
        command -> {
          if (command instanceof Command.AdvanceMigration step
              && step.to() == Phase.DROPPING
              && begun.isEmpty()) {
            begun.add(cluster.world.elapsed());
            change.run();
          }
          return false;
        };
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    return begun.get(0);
  }

  /** It may have fallen back between the last pass and the word that it was the last one. */
  @Test
  void aDropIsNotOverWhileARouterThatWasLateMayHaveWrittenToDonors() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    data.deeds.put(
        "drop",
        context -> {
          drops.add(cluster.world.elapsed());
          if (drops.size() == 2) {
            fallsBack();
            at(3, this::comesBack);
            cluster.world.sleep(Duration.ofSeconds(2));
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(3, drops.size());
    assertTrue(drops.get(2).minus(drops.get(1)).compareTo(REQUEST_DRAIN) >= 0, "" + drops);
  }

  @Test
  void aRouterThatDoesNotAnswerKeepsNoDropFromGoingOn() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    data.deeds.put("drop", context -> cluster.routers.put(FakeCluster.R1, map -> null));
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
  }

  /** A router that is not registered writes to the new shard, and then to the donor. */
  @Test
  void pointsThatComeBackPassAfterPassAreForTheOperatorToFind() throws InterruptedException {
    data.passes = 8;
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.DROPPING);
    cluster.world.sleep(Duration.ofMinutes(10));
    assertEquals("late_writes", cluster.migration().waitingOn().orElseThrow().what());
    assertEquals(5, data.calls.stream().filter("drop"::equals).count());
    cluster.accept(cluster.retry(OptionalLong.empty()));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(8, data.calls.stream().filter("drop"::equals).count());
  }
}
