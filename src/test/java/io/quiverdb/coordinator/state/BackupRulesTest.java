// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.command.ClusterBackupCommand.FinishBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.RecordSnapshot;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StartBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StopBackup;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterBackups;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.HistoryEntry;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.StrayCounts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a backup of the cluster begins and ends, and what it rules out. */
class BackupRulesTest {
  private static final Command BACKUP = new StartBackup("/mnt/b", 60);
  private static final Command SWEEP = new StartSweep(1, 0, 0, false);

  private final Walk walk = new Walk();

  @BeforeEach
  void raise() {
    walk.accepted(new Command.RaiseFormat(2, walk.term));
  }

  private ClusterBackup newest() {
    List<ClusterBackup> all = walk.state.backups().all();
    return all.get(all.size() - 1);
  }

  private Command snapshot(long shard) {
    return new RecordSnapshot(newest().id(), shard, 1, 7, 4096, walk.term);
  }

  private Command finish(CheckState end, String reason) {
    return new FinishBackup(newest().id(), end, reason, walk.term);
  }

  private void all() {
    for (long shard = 0; shard < 3; shard++) {
      walk.accepted(snapshot(shard));
    }
  }

  @Test
  void needsFormat2() {
    assertEquals(Refusal.FORMAT_MISMATCH, new Walk().refusal(BACKUP));
  }

  @Test
  void isDoneWhenAllShardsHaveTheirSnapshots() {
    walk.accepted(BACKUP);
    assertEquals(Refusal.WRONG_STEP, walk.refusal(finish(CheckState.DONE, "")));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(snapshot(1)), "one after another");
    all();
    assertEquals(Refusal.WRONG_STEP, walk.refusal(snapshot(2)), "it has one");
    walk.accepted(finish(CheckState.DONE, ""));
    assertEquals(CheckState.DONE, newest().state());
    assertEquals(walk.state.map(), newest().map());
    assertEquals(Refusal.BACKUP_ENDED, walk.refusal(snapshot(2)));
    assertEquals(Refusal.UNKNOWN_BACKUP, walk.refusal(new StopBackup(7)));
  }

  @Test
  void eachShardHasADirectoryOfItsOwn() {
    walk.accepted(new StartBackup("/mnt/b/", 60));
    assertEquals("/mnt/b/backup-1-20231114T221323Z", newest().directory());
    assertEquals("/mnt/b/backup-1-20231114T221323Z/shard-2", newest().directory(2));
    String first = newest().directory(0);
    walk.accepted(new StopBackup(1));
    walk.accepted(BACKUP);
    assertNotEquals(first, newest().directory(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "b", "./b", "C:b", "/mnt/b\n", "/mnt/\u0000"})
  void aDestinationIsAnAbsolutePath(String destination) {
    assertEquals(
        Refusal.INVALID_DESTINATION, walk.refusal(new StartBackup(destination, 60)), destination);
  }

  @Test
  void windowsHasAbsolutePathsToo() {
    walk.accepted(new StartBackup("D:\\backups", 60));
  }

  @Test
  void boundsAreKept() {
    String longest = "/" + "x".repeat(ClusterBackup.MAX_DESTINATION - 1);
    assertEquals(Refusal.INVALID_DESTINATION, walk.refusal(new StartBackup(longest + "x", 60)));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(new StartBackup(longest, 0)));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(new StartBackup(longest, 86_401)));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(new StartBackup(longest, -1)));
    walk.accepted(new StartBackup(longest, 86_400));
    walk.accepted(finish(CheckState.FAILED, "y".repeat(9_000)));
    assertEquals(ClusterBackup.MAX_ERROR, newest().error().orElseThrow().length());
    for (int i = 0; i < ClusterBackups.KEPT + 2; i++) {
      walk.accepted(BACKUP);
      walk.accepted(finish(CheckState.FAILED, "any"));
    }
    assertEquals(ClusterBackups.KEPT, walk.state.backups().all().size());
  }

  @Test
  void oneAtATime() {
    walk.accepted(BACKUP);
    assertEquals(Refusal.BACKUP_ACTIVE, walk.refusal(BACKUP));
    walk.accepted(new StopBackup(1));
    assertEquals(Optional.of("stopped by ops"), newest().error());
    walk.accepted(BACKUP);
    assertEquals(2, newest().id());
  }

  @Test
  void noneDuringAMigration() {
    walk.start(MigrationKind.GROW);
    assertTrue(walk.rejected(BACKUP).detail().startsWith("migration 1 (grow of shard 3)"));
    walk.to(Phase.DONE);
    walk.accepted(BACKUP);
  }

  @Test
  void noneWhileAShardJoinsByHand() {
    walk.accepted(new Command.AddJoiningShard("http://s9:6333", List.of()));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(BACKUP));
  }

  @Test
  void noneBeforeAPlansNextStepOrDuringACheck() {
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    assertEquals(Refusal.PLAN_ACTIVE, walk.refusal(BACKUP));
    walk.accepted(new PlanCommand.PausePlan(1));
    walk.accepted(new StartCheck(CheckKind.VERIFY, 0));
    assertEquals(Refusal.CHECK_ACTIVE, walk.refusal(BACKUP));
  }

  private void foundStrays() {
    walk.accepted(new StartCheck(CheckKind.VERIFY, 0));
    CheckReport report =
        CheckReport.of(new CheckedShard("docs", 0, 101, 100, new StrayCounts(1, 0, 0), List.of()));
    walk.accepted(new RecordCheck(1, Optional.empty(), "docs", report, walk.term));
    walk.accepted(new FinishCheck(1, CheckState.DONE, "", walk.term));
  }

  @Test
  void noneDuringASweep() {
    foundStrays();
    walk.accepted(SWEEP);
    assertEquals(Refusal.SWEEP_ACTIVE, walk.refusal(BACKUP));
    walk.accepted(new StopCheck(1, false));
    assertEquals(Refusal.SWEEP_ACTIVE, walk.refusal(BACKUP), "it stops, and may still delete");
    walk.accepted(new FinishSweep(1, CheckState.STOPPED, "", walk.term));
    walk.accepted(BACKUP);
  }

  @Test
  void noSweepMeanwhile() {
    foundStrays();
    walk.accepted(BACKUP);
    assertEquals(Refusal.BACKUP_ACTIVE, walk.refusal(SWEEP));
    all();
    walk.accepted(finish(CheckState.DONE, ""));
    walk.accepted(SWEEP);
  }

  @Test
  void nothingMovesPointsOrChangesTheMapMeanwhile() {
    BackupContent old = new BackupContent("uuid", walk.state.map(), 3, 0, List.of());
    walk.accepted(BACKUP);
    for (Command command :
        List.of(
            walk.start(Walk.grow("http://s3:6333")),
            walk.start(Walk.drain(1)),
            new Command.AddShard("http://s3:6333", List.of()),
            new Command.AddJoiningShard("http://s3:6333", List.of()),
            new Command.RemoveShard(1),
            new Command.PromoteShard(1),
            new Command.AddReplica(1, "http://s1r:6333"),
            new Command.RemoveReplica(2, "http://s2r:1"),
            new Command.SetShardUrl(1, "http://s1b:6333", Optional.empty(), true),
            new Command.Restore(old, 0, 0),
            new StartCheck(CheckKind.VERIFY, 0))) {
      assertEquals(Refusal.BACKUP_ACTIVE, walk.refusal(command), command::toString);
    }
    assertTrue(walk.rejected(BACKUP).detail().startsWith("backup 1 is being taken"));
    walk.accepted(new Command.AllocateId());
    walk.accepted(new Command.RegisterRouter("http://r9:6330"));
    all();
    assertEquals(Refusal.BACKUP_ACTIVE, walk.refusal(new Command.RemoveShard(1)));
    walk.accepted(finish(CheckState.DONE, ""));
    walk.accepted(new Command.RemoveShard(1));
  }

  @Test
  void aPlansStepWaitsForItsEnd() {
    walk.accepted(BACKUP);
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    Command begin = new PlanCommand.BeginPlanStep(1, 0, 0, Walk.drain(1), walk.term);
    assertEquals(Refusal.BACKUP_ACTIVE, walk.refusal(begin));
    assertEquals(ClusterPlan.State.RUNNING, walk.state.plans().find(1).orElseThrow().state());
    all();
    walk.accepted(finish(CheckState.DONE, ""));
    walk.accepted(begin);
  }

  /** The leader is gone before each entry: the next one can only end the backup. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void anotherLeaderDoesNotContinueIt(int snapshots) {
    walk.accepted(BACKUP);
    for (long shard = 0; shard < snapshots; shard++) {
      walk.accepted(snapshot(shard));
    }
    Command late = snapshots < 3 ? snapshot(snapshots) : finish(CheckState.DONE, "");
    walk.term++;
    assertEquals(Refusal.STALE_TERM, walk.refusal(late));
    assertEquals(
        Refusal.WRONG_STEP,
        walk.refusal(snapshots < 3 ? snapshot(snapshots) : finish(CheckState.DONE, "")));
    assertTrue(newest().isRunning());
    walk.accepted(finish(CheckState.FAILED, "its leader was gone"));
    assertEquals(CheckState.FAILED, newest().state());
    walk.accepted(new Command.RemoveShard(1));
  }

  @Test
  void anEndThatIsNoneIsAFailure() {
    walk.accepted(BACKUP);
    walk.accepted(finish(CheckState.RUNNING, "?"));
    assertEquals(CheckState.FAILED, newest().state());
  }

  @Test
  void theHistoryHasItsBeginAndItsEnd() {
    walk.accepted(BACKUP);
    int before = walk.state.history().entries().size();
    all();
    assertEquals(before, walk.state.history().entries().size());
    walk.accepted(finish(CheckState.DONE, ""));
    List<String> commands =
        walk.state.history().entries().stream().map(entry -> entry.command()).toList();
    assertEquals(
        List.of("start_backup 60 s for each shard", "finish_backup 1 done"),
        commands.subList(commands.size() - 2, commands.size()));
    assertFalse(newest().isRunning());
  }

  @Test
  void theHistoryShowsNoPathsOfShards() {
    walk.accepted(BACKUP);
    walk.accepted(finish(CheckState.FAILED, "shard 0: remove " + newest().directory()));
    walk.refusal(new StartBackup("mnt/b", 60));
    assertTrue(newest().error().orElse("").contains("/mnt/b"));
    for (HistoryEntry entry : walk.state.history().entries()) {
      assertFalse((entry.command() + entry.outcome()).contains("mnt/b"), entry.toString());
    }
  }
}
