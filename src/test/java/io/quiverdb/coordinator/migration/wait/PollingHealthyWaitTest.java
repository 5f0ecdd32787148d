// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.HealthyWait;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.shard.ShardApi.Role;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time counts only while everything answers. */
public class PollingHealthyWaitTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  private final FakeCluster cluster = new FakeCluster();
  private LogStepControl control;
  private HealthyWait quiet;

  @BeforeEach
  void copying() {
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    control = cluster.control();
    quiet = cluster.bundle(control).healthyWait();
  }

  private Duration waited(Duration duration) throws InterruptedException {
    Duration before = cluster.world.elapsed();
    quiet.await(duration, "request_drain");
    return cluster.world.elapsed().minus(before);
  }

  @Test
  void takesAsLongAsAskedFor() throws InterruptedException {
    assertBetween(TEN, TEN.plusMillis(200), waited(TEN));
    assertBetween(Duration.ofMillis(300), Duration.ofMillis(400), waited(Duration.ofMillis(300)));
  }

  @Test
  void beginsAgainAfterAShardThatStoodStill() throws InterruptedException {
    slowFrom(4, FakeCluster.url(1), Duration.ofSeconds(2));
    assertBetween(Duration.ofSeconds(16), Duration.ofSeconds(20), waited(TEN));
  }

  /** If this process stood still, everything else may have: nobody saw it answer. */
  @Test
  void beginsAgainIfTheOneWhoWaitsStoodStill() throws InterruptedException {
    boolean[] stood = {false};
    Time standing =
        new Time() {
          @Override
          public long nanos() {
            return cluster.world.nanos();
          }

          @Override
          public long epochMillis() {
            return cluster.world.epochMillis();
          }

          @Override
          public void sleep(Duration duration) throws InterruptedException {
            boolean now = !stood[0] && cluster.world.elapsed().compareTo(Duration.ofSeconds(4)) > 0;
            stood[0] |= now;
            cluster.world.sleep(now ? Duration.ofSeconds(12) : duration);
          }
        };
    quiet =
        new PollingHealthyWait(
            cluster.shards, cluster.ports().routers(), cluster.world, standing, control);
    assertBetween(Duration.ofSeconds(26), Duration.ofSeconds(28), waited(TEN));
  }

  @Test
  void beginsAgainAfterARouterThatDidNotAnswer() throws InterruptedException {
    at(5, () -> cluster.routers.put(FakeCluster.R2, map -> null));
    at(7, () -> cluster.routers.put(FakeCluster.R2, map -> map));
    assertBetween(Duration.ofSeconds(16), Duration.ofSeconds(19), waited(TEN));
  }

  @Test
  void theShardThatJoinsCountsToo() throws InterruptedException {
    at(5, () -> cluster.shards.at(FakeCluster.N).down = true);
    at(7, () -> cluster.shards.at(FakeCluster.N).down = false);
    assertBetween(Duration.ofSeconds(16), Duration.ofSeconds(19), waited(TEN));
  }

  @Test
  void theShardThatWasTakenOutCountsUntilItsCopiesAreRemoved() throws InterruptedException {
    cluster.accept(new Command.CancelMigration(1, false));
    quiet = cluster.bundle(cluster.control()).healthyWait();
    at(5, () -> cluster.shards.at(FakeCluster.N).down = true);
    at(7, () -> cluster.shards.at(FakeCluster.N).down = false);
    assertBetween(Duration.ofSeconds(16), Duration.ofSeconds(19), waited(TEN));
  }

  @Test
  void aRaftFollowerIsNoAnswer() throws InterruptedException {
    cluster.shards.at(FakeCluster.url(0)).role = Role.RAFT_FOLLOWER;
    at(30, () -> cluster.shards.at(FakeCluster.url(0)).role = Role.WRITABLE);
    assertBetween(Duration.ofSeconds(40), Duration.ofSeconds(52), waited(TEN));
  }

  @Test
  void holdsVisiblyForADeadShardUntilAnOperatorSkipsIt() throws Exception {
    cluster.accept(new Command.CancelMigration(1, false));
    LogStepControl reverting = cluster.control();
    quiet = cluster.bundle(reverting).healthyWait();
    cluster.shards.at(FakeCluster.N).down = true;
    at(
        20,
        () -> {
          assertTrue(cluster.migration().holds());
          assertTrue(
              cluster.migration().waitingOn().orElseThrow().detail().contains(FakeCluster.N));
          cluster.accept(cluster.retry(OptionalLong.of(3)));
        });
    assertBetween(Duration.ofSeconds(30), Duration.ofSeconds(32), waited(TEN));
  }

  /** It is never away for long, and the wait would never end. */
  @Test
  void aShardThatAnswersEveryOtherTimeHoldsInTheEndAndIsNamed() throws Exception {
    for (int second = 0; second < 330; second += 6) {
      slowFrom(second, FakeCluster.url(1), Duration.ofSeconds(2));
    }
    cluster.world.start(
        "wait",
        () -> {
          quiet.await(TEN, "request_drain");
          return "over";
        });
    cluster.world.sleep(Duration.ofSeconds(100));
    assertFalse(cluster.migration().holds(), "it may end by itself");
    cluster.world.sleep(Duration.ofSeconds(200));
    assertTrue(cluster.migration().holds());
    WaitingOn waiting = cluster.migration().waitingOn().orElseThrow();
    assertEquals(List.of(FakeCluster.url(1)), waiting.urls());
    long age = cluster.world.epochMillis() - waiting.sinceMillis();
    assertTrue(age > 60_000, "long enough that it may be skipped: " + age);
  }

  @Test
  void endsWhenTheMigrationIsCancelledOrPaused() {
    at(3, () -> cluster.accept(new Command.PauseMigration(1)));
    assertThrows(StepStopped.class, () -> quiet.await(TEN, "request_drain"));
    assertEquals(MigrationState.PAUSED, cluster.migration().state());
  }

  private void slowFrom(int second, String url, Duration delay) {
    at(second, () -> cluster.shards.at(url).delay = delay);
    at(second + 2, () -> cluster.shards.at(url).delay = Duration.ofMillis(2));
  }

  private void at(int second, Runnable change) {
    cluster.at(Duration.ofSeconds(second), change);
  }

  public static void assertBetween(Duration least, Duration most, Duration took) {
    assertTrue(took.compareTo(least) >= 0 && took.compareTo(most) <= 0, "took " + took);
  }
}
