// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Standby;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.SweptShard;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** One command of each kind, for tests over all of them. */
public final class SampleCommands {
  /** A map with every kind of shard. */
  public static final ShardMap MAP =
      new ShardMap(
          5,
          List.of(
              new Shard(0, "http://s0:6333", List.of("http://s0r:6333")),
              new Shard(Long.MIN_VALUE, "https://s1.example:6333/base", List.of())),
          List.of(Long.MIN_VALUE),
          List.of(0L));

  /** A wait for a router. */
  public static final WaitingOn WAITING_ON =
      new WaitingOn(
          "router", "http://r0:6330 still serves map version 5", 1_700_000_000_000L, 12, 0);

  /** A report with every number set. */
  public static final MigrationProgress REPORT =
      new MigrationProgress(
          90_000,
          30_211,
          15_400_000,
          41_000,
          1,
          List.of(
              new MigrationPart("docs", 0, Long.MIN_VALUE, 30_000, 211, 9_999, "p-\u00fc", false),
              new MigrationPart("more", 1, 4, 60_000, 30_000, 0, "", true)));

  /** A shard with every kind of stray. */
  private static final CheckedShard CHECKED =
      new CheckedShard(
          "more", Long.MIN_VALUE, 1_006, 1_000, new StrayCounts(1, 2, 3), List.of("p-\u00fc", ""));

  /** A part of a report. */
  public static final CheckReport FOUND =
      CheckReport.of(CHECKED)
          .plus(CheckReport.leavingOut("documents"))
          .plus(
              new CheckReport(
                  List.of(), new CheckReport.Others(2, 9, 8, CHECKED.strays()), List.of()));

  /** Every kind of stray, removed. */
  public static final SweptShard SWEPT =
      new SweptShard("more", Long.MIN_VALUE, new StrayCounts(1, 2, 3));

  /** One command of each kind, by its wire name. */
  public static SortedMap<String, Command> byName() {
    TreeMap<String, Command> commands = new TreeMap<>();
    for (Command command :
        List.of(
            new Command.Bootstrap(
                "6c0a1c1e-1111-4222-8333-444455556666",
                "sha256:abc",
                MAP,
                Long.MIN_VALUE + 1,
                List.of("http://r0:6330")),
            new Command.AddShard("http://s2:6333", List.of("http://s2r:6333")),
            new Command.AddJoiningShard(" http://s3:6333 ", List.of()),
            new Command.PromoteShard(3),
            new Command.RemoveShard(-1L),
            new Command.AllocateId(),
            new Command.AddReplica(2, "http://s2b:6333"),
            new Command.RemoveReplica(2, "http://s2b:6333"),
            new Command.SetShardUrl(
                2, "http://s2c:6333", Optional.of(List.of("http://s2b:6333")), true),
            new Command.RegisterRouter("http://r1:6330"),
            new Command.RemoveRouter("http://r1:6330", true),
            new Command.Restore(
                new BackupContent("c0ffee", MAP, 9, 12, List.of("http://r0:6330")), 14, 10),
            new Command.RaiseFormat(2, 7),
            new Command.AdmitMember("c3", "0d9c7a52-0000-4000-8000-000000000003", 7),
            new Command.RecordMembers(
                List.of(
                    new EnsembleMember("c1", "c1:6336", "http://c1:6335"),
                    new EnsembleMember("c2", "c2:6336", "http://c2:6335")),
                7),
            new Command.AddMember("c4", "c4:6336", "http://c4:6335"),
            new Command.RemoveMember("c2", true),
            new Command.ReplaceMember("c2", "c4", "c4:6336", "http://c4:6335"),
            new Command.SetMemberAddress("c2", "c2b:6336", "http://c2b:6335"),
            new Command.FinishMemberStep(1_000, MemberChange.Step.ADDING, 7),
            new PlanCommand.CreatePlan(
                List.of(
                    PlanStep.grow("http://s4:6333", List.of("http://s4r:6333")),
                    PlanStep.drain(Long.MIN_VALUE)),
                5000),
            new PlanCommand.PausePlan(3),
            new PlanCommand.ResumePlan(3),
            new PlanCommand.CancelPlan(3),
            new PlanCommand.ForgetPlan(3),
            new PlanCommand.BeginPlanStep(
                3,
                1,
                5,
                new MigrationPlan(MigrationKind.DRAIN, 2, "", List.of(), false, List.of()),
                7),
            new PlanCommand.StopPlan(3, 1, "target_empty: it is not", 7),
            new GrowthCommand.PutGrowthPolicy(
                new GrowthPolicy(
                    GrowthMode.AUTOMATIC,
                    1_000_000,
                    List.of(
                        Standby.of("http://s4:6333", List.of("http://s4r:6333")),
                        Standby.of("http://s5:6333", List.of())),
                    300_000,
                    8,
                    30_000),
                OptionalLong.of(2)),
            new GrowthCommand.BeginGrowth(
                3,
                5,
                new MigrationPlan(
                    MigrationKind.GROW,
                    0,
                    "http://s4:6333",
                    List.of("http://s4r:6333"),
                    false,
                    List.of()),
                5000,
                2,
                1_200_000,
                7),
            new ClusterBackupCommand.StartBackup("/var/backups/quiver", 3600),
            new ClusterBackupCommand.StopBackup(3),
            new ClusterBackupCommand.RecordSnapshot(3, Long.MIN_VALUE, 12, 7, 4096, 7),
            new ClusterBackupCommand.FinishBackup(
                3, CheckState.FAILED, "shard 1: http://s1:6333 is away", 7),
            new CheckCommand.StartCheck(CheckKind.VERIFY, 5000),
            new CheckCommand.StopCheck(3, false),
            new CheckCommand.BeginCheck(3, 7),
            new CheckCommand.RecordCheck(3, Optional.of("docs"), "more", FOUND, 7),
            new CheckCommand.FinishCheck(3, CheckState.FAILED, "http://s1:6333 is away", 7),
            new CheckCommand.StartSweep(3, 1000, 5000, true),
            new CheckCommand.BeginSweep(3, 7),
            new CheckCommand.RecordSweep(
                3, 2, Optional.of("docs"), List.of(SWEPT), Optional.of("router: r1"), 7),
            new CheckCommand.FinishSweep(3, CheckState.FAILED, "http://s1:6333 is away", 7),
            new Command.StartMigration(
                new MigrationPlan(
                    MigrationKind.GROW,
                    0,
                    "http://s4:6333",
                    List.of("http://s4r:6333"),
                    true,
                    List.of("docs", "\u00e4")),
                5000,
                7),
            new Command.AdvanceMigration(3, Phase.WARMING, Phase.REVERTING, "s4 is ill", 7),
            new Command.BeginPhase(3, Phase.COPYING, 7),
            new Command.ReportProgress(3, Phase.COPYING, REPORT, Optional.of(WAITING_ON), 7),
            new Command.HoldMigration(3, Phase.ADOPTING, WAITING_ON, 7),
            new Command.GateMigration(3, Phase.WARMING, 7),
            new Command.FinishMigration(3, Phase.COOLING, 7),
            new Command.RevertDone(3, 7),
            new Command.PauseMigration(3),
            new Command.ResumeMigration(3),
            new Command.ThrottleMigration(3, 5000),
            new Command.CancelMigration(3, true),
            new Command.RetryMigration(
                3, OptionalLong.of(Long.MIN_VALUE), Optional.of(WAITING_ON.id())))) {
      commands.put(command.wireName(), command);
    }
    return commands;
  }

  private SampleCommands() {}
}
