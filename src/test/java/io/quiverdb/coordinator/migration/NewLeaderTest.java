// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.VirtualWorld;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a leader continues the migration of another one, and what the other one may still do. */
class NewLeaderTest extends LedMigration {
  @ParameterizedTest
  @EnumSource(MigrationKind.class)
  void aNewLeaderMakesTheChecksAgainAndGoesOnWithWhatWasPrepared(MigrationKind kind)
      throws InterruptedException {
    List<Duration> changed = new ArrayList<>();
    cluster.begin(kind, Phase.PREPARED);
    cluster.shards.onChange = () -> changed.add(cluster.world.elapsed());
    newLeader();
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(changed.get(0).compareTo(Duration.ofSeconds(14)) >= 0, "" + changed);
    assertTrue(
        cluster.shards.changes.get(0).startsWith("drop quiver_coordinator_probe_"),
        "the keys are tried again: " + cluster.shards.changes);
  }

  @Test
  void aNewLeaderAbandonsWhatDoesNotPassTheChecksAnyMore() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    cluster.shards.at(FakeCluster.N).has("docs", 1);
    newLeader();
    assertEquals(Phase.FAILED, awaitEnd());
    String error = cluster.migration().error().orElseThrow();
    assertTrue(error.contains("target_empty"), error);
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void aCheckThatFailsForAMomentDoesNotEndAStart() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
    at(18, () -> cluster.routers.put(FakeCluster.R1, map -> map));
    newLeader();
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void onlyAMigrationThatMayHaveRequestsUnderWayOwesTheQuietOfATakeover()
      throws InterruptedException {
    assertEquals(Duration.ZERO, next().takeoverLeft(), "no migration ever was");
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    Duration quiet = cluster.settings().takeoverQuiet();
    assertEquals(quiet, next().takeoverLeft(), "one is active");
    cluster.term++;
    cluster.accept(new Command.CancelMigration(1, false));
    assertEquals(quiet, next().takeoverLeft(), "one is on its way back");
    cluster.accept(new Command.RevertDone(1, cluster.term));
    assertEquals(Duration.ZERO, next().takeoverLeft(), "it is REVERTED");
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    cluster.accept(
        new Command.AdvanceMigration(2, Phase.PREPARED, Phase.FAILED, "no", cluster.term));
    assertEquals(quiet, next().takeoverLeft(), "it may be making a collection");
    cluster.begin(MigrationKind.GROW, Phase.COOLING);
    cluster.accept(
        new Command.HoldMigration(
            3,
            Phase.COOLING,
            new WaitingOn("shard", "it is away", List.of(FakeCluster.url(1)), 0, 1, 0),
            cluster.term));
    cluster.accept(cluster.retry(OptionalLong.of(1)));
    cluster.accept(new Command.FinishMigration(3, Phase.COOLING, cluster.term));
    assertEquals(quiet, next().takeoverLeft(), "nobody waited for the shard that was skipped");
  }

  private MigrationExecutor next() {
    return new MigrationExecutor(cluster.term, cluster.ports(), cluster.settings(), data);
  }

  @Test
  void aNewLeaderIsQuietBeforeItTouchesPointsInEveryPhase() throws InterruptedException {
    for (Phase phase :
        List.of(
            Phase.ADOPTING,
            Phase.COPYING,
            Phase.VERIFYING,
            Phase.WARMING,
            Phase.SETTLING,
            Phase.DROPPING,
            Phase.COOLING)) {
      assertQuiet(phase, false);
    }
    assertQuiet(Phase.COPYING, true);
  }

  private void assertQuiet(Phase phase, boolean cancelled) throws InterruptedException {
    FakeCluster fresh = new FakeCluster();
    fresh.shards.at(FakeCluster.N).has("docs", 0);
    fresh.begin(MigrationKind.GROW, phase);
    fresh.term++;
    List<Duration> touched = new ArrayList<>();
    MigrationExecutor executor =
        new MigrationExecutor(
            fresh.term, fresh.ports(), fresh.settings(), new Noting(touched, fresh));
    assertEquals(Duration.ofSeconds(14), executor.takeoverLeft());
    var unused =
        fresh.world.start(
            "executor",
            () -> {
              executor.run();
              return "";
            });
    if (cancelled) {
      fresh.accept(new Command.CancelMigration(1, false));
    }
    fresh.world.await(() -> fresh.state().migrations().active().isEmpty(), Duration.ofHours(1));
    Duration quiet = Duration.ofSeconds(14);
    assertTrue(
        touched.stream().allMatch(when -> when.compareTo(quiet) >= 0), phase + " " + touched);
    long ended = fresh.migration().finishedMillis().orElseThrow() - VirtualWorld.EPOCH_MILLIS;
    assertTrue(ended >= 14_000, phase + " ended after " + ended + " ms");
    if (phase == Phase.ADOPTING || phase == Phase.SETTLING || cancelled) {
      assertTrue(ended >= 24_000, "the quiet period ends before the drain begins: " + ended);
    }
  }

  private record Noting(List<Duration> touched, FakeCluster cluster) implements PointOperations {
    @Override
    public void probePageSizes(MigrationContext context) {}

    private void note() {
      touched.add(cluster.world.elapsed());
    }

    @Override
    public void copy(MigrationContext context, List<ShardCollection> collections) {
      note();
    }

    @Override
    public void verify(MigrationContext context, List<ShardCollection> collections) {
      note();
    }

    @Override
    public boolean drop(MigrationContext context, List<ShardCollection> collections) {
      note();
      return true;
    }

    @Override
    public void wipe(MigrationContext context) {
      note();
    }
  }

  @Test
  void timeAloneDoesNotEndTheQuietOfATakeover() throws InterruptedException {
    List<Duration> copied = new ArrayList<>();
    data.deeds.put("copy", context -> copied.add(cluster.world.elapsed()));
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    cluster.accept(new Command.PauseMigration(1));
    newLeader();
    cluster.world.sleep(Duration.ofMinutes(2));
    Duration resumed = cluster.world.elapsed();
    cluster.accept(new Command.ResumeMigration(1));
    awaitEnd();
    assertTrue(
        copied.get(0).minus(resumed).compareTo(Duration.ofSeconds(10)) >= 0,
        "a shard that stood still all the while may have an old request inside");
  }

  @Test
  void aNewLeaderVerifiesAgainBeforeTheFlip() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    cluster.begin(MigrationKind.GROW, Phase.WARMING);
    newLeader();
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("verify", "drop", "drop"), data.calls);
  }

  @Test
  void anUnknownOutcomeIsLookedUp() throws InterruptedException {
    cluster.outcomesUnknown = true;
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void nothingIsRepairedWhileAFlipMayStillBeLogged() throws InterruptedException {
    cluster.underWay =
        command -> {
          boolean flip =
              command instanceof Command.AdvanceMigration advance && advance.to() == Phase.PROMOTED;
          if (flip) {
            cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
            at(20, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          }
          return flip;
        };
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.WARMING);
    cluster.world.sleep(Duration.ofMinutes(1));
    assertEquals(List.of("copy", "verify"), data.calls);
    cluster.underWay = command -> false;
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void aDeposedLeaderLogsNothingAndEnds() throws Exception {
    data.deeds.put("copy", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COPYING);
    Tasks.Task<String> old = running;
    cluster.term++;
    int logged = cluster.logged.size();
    assertEquals("fenced", old.join());
    assertEquals(logged, cluster.logged.size());
  }
}
