// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.ClusterBackupCommand.StartBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StopBackup;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.shard.ShardApi.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that leaders take, with the real executor and the real rules. */
class BackupRunnerTest extends LedMigration {
  private static final String DIRECTORY = "/mnt/b/backup-1-";

  private void begin() {
    cluster.accept(new StartBackup("/mnt/b", 60));
  }

  private ClusterBackup backup(long id) {
    return cluster.state().backups().find(id).orElseThrow();
  }

  private ClusterBackup awaitEnd(CheckState end) throws InterruptedException {
    cluster.world.await(() -> !backup(1).isRunning(), Duration.ofHours(3));
    assertEquals(end, backup(1).state(), () -> backup(1).toString());
    return backup(1);
  }

  private StubShards.Stub shard(long id) {
    return cluster.shards.at(FakeCluster.url(id));
  }

  private String error() {
    return backup(1).error().orElseThrow();
  }

  @Test
  void oneShardAfterTheOther() throws InterruptedException {
    List<String> begun = new ArrayList<>();
    cluster.shards.onSnapshot =
        url -> {
          begun.add(url);
          assertEquals(begun.size() - 1, backup(1).snapshots().size(), "side by side");
        };
    begin();
    lead();
    ClusterBackup done = awaitEnd(CheckState.DONE);
    assertEquals(List.of(FakeCluster.url(0), FakeCluster.url(1), FakeCluster.url(2)), begun);
    for (long id = 0; id < 3; id++) {
      assertEquals(List.of(done.directory(id)), List.copyOf(shard(id).snapshots.keySet()));
      assertTrue(done.directory(id).startsWith(DIRECTORY), done.directory(id));
      assertEquals(4096, done.snapshot(id).orElseThrow().bytes());
    }
  }

  @Test
  void nothingMovesMeanwhile() throws InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    cluster.shards.onSnapshot =
        url -> refusals.add(((Rejected) cluster.apply(new Command.RemoveShard(1))).refusal());
    begin();
    lead();
    awaitEnd(CheckState.DONE);
    assertEquals(
        List.of(Refusal.BACKUP_ACTIVE, Refusal.BACKUP_ACTIVE, Refusal.BACKUP_ACTIVE), refusals);
  }

  @Test
  void aPlanGoesOnAfterIt() throws InterruptedException {
    begin();
    cluster.accept(new CreatePlan(List.of(PlanStep.drain(2)), 0));
    lead();
    awaitEnd(CheckState.DONE);
    assertEquals(1, cluster.state().migrations().nextId(), "no step before its end");
    cluster.world.await(
        () -> cluster.state().plans().find(1).orElseThrow().state() == ClusterPlan.State.DONE,
        Duration.ofHours(1));
    assertEquals(2, cluster.state().map().shards().size());
  }

  @Test
  void aShardThatRefusesEndsIt() throws InterruptedException {
    shard(1).role = Role.READ_ONLY;
    begin();
    lead();
    awaitEnd(CheckState.FAILED);
    assertTrue(error().startsWith("shard 1: " + FakeCluster.url(1) + ": 403"), error());
    assertTrue(error().contains("role admin"), error());
    assertEquals(1, backup(1).snapshots().size());
    assertTrue(shard(2).snapshots.isEmpty(), "it is not asked in vain");
  }

  @Test
  void aShardThatIsAwayForAMomentIsAskedAgain() throws InterruptedException {
    shard(1).down = true;
    at(40, () -> shard(1).down = false);
    begin();
    lead();
    awaitEnd(CheckState.DONE);
  }

  @Test
  void aShardThatStaysAwayEndsIt() throws InterruptedException {
    shard(1).down = true;
    begin();
    lead();
    awaitEnd(CheckState.FAILED);
    assertTrue(error().contains("connection refused"), error());
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofSeconds(60)) >= 0);
    cluster.start(MigrationKind.DRAIN);
  }

  @Test
  void aShardThatTakesTooLongEndsIt() throws InterruptedException {
    shard(0).snapshotTakes = Duration.ofSeconds(61);
    begin();
    lead();
    awaitEnd(CheckState.FAILED);
    assertTrue(error().contains("remove " + DIRECTORY), error());
    assertTrue(error().endsWith("give it more time with timeout_seconds"), error());
    assertEquals(1, shard(0).snapshots.size(), "asked once: it may still write");
  }

  @Test
  void anOperatorNeedNotWaitForTheShard() throws InterruptedException {
    shard(0).snapshotTakes = Duration.ofSeconds(59);
    begin();
    lead();
    at(5, () -> cluster.accept(new StopBackup(1)));
    awaitEnd(CheckState.STOPPED);
    cluster.start(MigrationKind.DRAIN);
    cluster.await(Phase.DONE);
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofSeconds(59)) < 0);
    assertTrue(shard(1).snapshots.isEmpty());
  }

  @Test
  void aNewLeaderDoesNotGuess() throws InterruptedException {
    shard(1).snapshotTakes = Duration.ofSeconds(50);
    begin();
    lead();
    cluster.world.await(() -> backup(1).snapshots().size() == 1, Duration.ofMinutes(1));
    cluster.world.sleep(Duration.ofSeconds(2));
    newLeader();
    awaitEnd(CheckState.FAILED);
    assertTrue(error().startsWith("its leader was gone, that of term 7; remove /mnt/b/"), error());
    assertEquals(1, shard(1).snapshots.size());
    begin();
    cluster.world.await(() -> !backup(2).isRunning(), Duration.ofMinutes(5));
    assertEquals(CheckState.DONE, backup(2).state());
  }

  /**
   * The leader dies at each entry, before it is logged or when it is. The backup ends all the same,
   * it is done only with the snapshots of all shards, and the map can be changed afterwards.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLeaderMayDieAtEachEntry(boolean logged) throws InterruptedException {
    TreeSet<String> struck = new TreeSet<>();
    for (int moment = 1; moment <= 4; moment++) {
      BackupRunnerTest other = new BackupRunnerTest();
      struck.add(moment + " " + other.dieAt(moment, logged));
    }
    assertEquals(
        "[1 record_snapshot, 2 record_snapshot, 3 record_snapshot, 4 finish_backup]",
        struck.toString());
  }

  private String dieAt(int moment, boolean logged) throws InterruptedException {
    int[] seen = {0};
    String[] struck = {""};
    cluster.underWay =
        command -> {
          if (++seen[0] != moment) {
            return false;
          }
          struck[0] = command.wireName();
          if (logged) {
            cluster.apply(command);
          }
          newLeader();
          return true;
        };
    begin();
    lead();
    boolean ended = logged && moment == 4;
    ClusterBackup backup = awaitEnd(ended ? CheckState.DONE : CheckState.FAILED);
    assertEquals(logged && moment < 4 ? moment : moment - 1, backup.snapshots().size());
    for (long id = 0; id < 3; id++) {
      assertTrue(shard(id).snapshots.size() <= 1, "asked twice");
    }
    cluster.underWay = command -> false;
    cluster.start(MigrationKind.DRAIN);
    cluster.await(Phase.DONE);
    return struck[0];
  }

  /** The answer to an entry is lost; the leader stays, and repeats it. */
  @Test
  void anEntryWhoseOutcomeIsUnknownCountsOnce() throws InterruptedException {
    cluster.outcomesUnknown = true;
    begin();
    lead();
    assertEquals(3, awaitEnd(CheckState.DONE).snapshots().size());
  }
}
