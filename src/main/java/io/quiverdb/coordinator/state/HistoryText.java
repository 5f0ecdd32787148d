// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.CheckCommand.Finding;
import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.command.ClusterBackupCommand;
import io.quiverdb.coordinator.command.ClusterBackupCommand.FinishBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StartBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StopBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.Taking;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AddJoiningShard;
import io.quiverdb.coordinator.command.Command.AddMember;
import io.quiverdb.coordinator.command.Command.AddReplica;
import io.quiverdb.coordinator.command.Command.AddShard;
import io.quiverdb.coordinator.command.Command.AdmitMember;
import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.AllocateId;
import io.quiverdb.coordinator.command.Command.Bootstrap;
import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.FinishMemberStep;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.MapCommand;
import io.quiverdb.coordinator.command.Command.MemberCommand;
import io.quiverdb.coordinator.command.Command.MigrationOrder;
import io.quiverdb.coordinator.command.Command.PromoteShard;
import io.quiverdb.coordinator.command.Command.RaiseFormat;
import io.quiverdb.coordinator.command.Command.RecordMembers;
import io.quiverdb.coordinator.command.Command.RegisterRouter;
import io.quiverdb.coordinator.command.Command.RemoveMember;
import io.quiverdb.coordinator.command.Command.RemoveReplica;
import io.quiverdb.coordinator.command.Command.RemoveRouter;
import io.quiverdb.coordinator.command.Command.RemoveShard;
import io.quiverdb.coordinator.command.Command.ReplaceMember;
import io.quiverdb.coordinator.command.Command.Restore;
import io.quiverdb.coordinator.command.Command.RetryMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.command.Command.SetMemberAddress;
import io.quiverdb.coordinator.command.Command.SetShardUrl;
import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.Command.ThrottleMigration;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.command.GrowthCommand.BeginGrowth;
import io.quiverdb.coordinator.command.GrowthCommand.PutGrowthPolicy;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.command.PlanCommand.PlanOrder;
import io.quiverdb.coordinator.command.PlanCommand.PlanProgress;
import io.quiverdb.coordinator.command.PlanCommand.StopPlan;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.BackupResult;
import io.quiverdb.coordinator.model.Result.CheckResult;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Result.PlanResult;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.List;

/** Commands and outcomes in the words of the operator's history. */
final class HistoryText {
  private HistoryText() {}

  static String of(Command command) {
    String arguments = arguments(command);
    return arguments.isEmpty() ? command.wireName() : command.wireName() + " " + arguments;
  }

  private static String arguments(Command command) {
    if (command instanceof MapCommand change) {
      return ofMap(change);
    }
    if (command instanceof StepCommand step) {
      return Unsigned.text(step.migrationId()) + ofStep(step);
    }
    if (command instanceof MigrationOrder order) {
      return Unsigned.text(order.migrationId()) + ofOrder(order);
    }
    if (command instanceof RegisterRouter register) {
      return register.url();
    }
    if (command instanceof RemoveRouter remove) {
      return remove.url() + (remove.force() ? " force" : "");
    }
    if (command instanceof StartMigration start) {
      return start.plan().kind() == MigrationKind.GROW
          ? "grow " + shard(start.plan().url(), start.plan().replicaUrls())
          : "drain " + Unsigned.text(start.plan().shardId());
    }
    if (command instanceof Bootstrap bootstrap) {
      return bootstrap.map().shards().size() + " shards, cluster " + bootstrap.clusterId();
    }
    if (command instanceof AdmitMember admit) {
      return admit.member() + " as " + admit.incarnation();
    }
    if (command instanceof RaiseFormat raise) {
      return Integer.toString(raise.format());
    }
    if (command instanceof RecordMembers record) {
      return String.join(" ", record.members().stream().map(EnsembleMember::id).toList());
    }
    if (command instanceof MemberCommand change) {
      return ofMember(change);
    }
    if (command instanceof FinishMemberStep finish) {
      return finish.step().wireName() + " of " + finish.change();
    }
    if (command instanceof CheckCommand check) {
      return ofCheck(check);
    }
    if (command instanceof PlanCommand plan) {
      return ofPlan(plan);
    }
    if (command instanceof GrowthCommand growth) {
      return ofGrowth(growth);
    }
    if (command instanceof ClusterBackupCommand backup) {
      return ofBackup(backup);
    }
    if (command instanceof AllocateId) {
      return "";
    }
    throw Rules.missing(command);
  }

  private static String ofCheck(CheckCommand command) {
    if (command instanceof StartCheck start) {
      return start.kind().wireName();
    }
    if (command instanceof StopCheck stop) {
      return Unsigned.text(stop.checkId()) + (stop.force() ? " force" : "");
    }
    if (command instanceof StartSweep start) {
      return Unsigned.text(start.checkId());
    }
    if (command instanceof FinishSweep finish) {
      return ended(finish.checkId(), finish.end(), finish.reason());
    }
    if (command instanceof FinishCheck finish) {
      return ended(finish.checkId(), finish.end(), finish.reason());
    }
    return Unsigned.text(((Finding) command).checkId());
  }

  /** Without paths on the disks of shards: every key may read the history. */
  private static String ofBackup(ClusterBackupCommand command) {
    if (command instanceof StartBackup start) {
      return start.timeoutSeconds() + " s for each shard";
    }
    if (command instanceof StopBackup stop) {
      return Unsigned.text(stop.backupId());
    }
    if (command instanceof FinishBackup finish) {
      return ended(finish.backupId(), finish.end(), "");
    }
    return Unsigned.text(((Taking) command).backupId());
  }

  private static String ended(long id, CheckState end, String reason) {
    return Unsigned.text(id) + " " + end.wireName() + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static String ofPlan(PlanCommand command) {
    if (command instanceof CreatePlan create) {
      return String.join(", ", create.steps().stream().map(HistoryText::step).toList());
    }
    if (command instanceof PlanOrder order) {
      return Unsigned.text(order.planId());
    }
    PlanProgress progress = (PlanProgress) command;
    return Unsigned.text(progress.planId())
        + " step "
        + (progress.step() + 1L)
        + (progress instanceof StopPlan stop ? ": " + stop.reason() : "");
  }

  private static String ofGrowth(GrowthCommand command) {
    if (command instanceof BeginGrowth begin) {
      return shard(begin.plan().url(), begin.plan().replicaUrls())
          + ": shard "
          + Unsigned.text(begin.shardId())
          + " has "
          + Unsigned.text(begin.points())
          + " points";
    }
    GrowthPolicy policy = ((PutGrowthPolicy) command).policy();
    return policy.mode().wireName()
        + " above "
        + Unsigned.text(policy.highWaterPoints())
        + " points, "
        + policy.standby().size()
        + " standbys";
  }

  private static String step(PlanStep step) {
    return step.kind() == MigrationKind.GROW
        ? "grow " + shard(step.url(), step.replicaUrls())
        : "drain " + Unsigned.text(step.shardId());
  }

  private static String ofMap(MapCommand command) {
    if (command instanceof AddShard add) {
      return shard(add.primaryUrl(), add.replicaUrls());
    }
    if (command instanceof AddJoiningShard add) {
      return shard(add.primaryUrl(), add.replicaUrls());
    }
    if (command instanceof PromoteShard promote) {
      return Unsigned.text(promote.shardId());
    }
    if (command instanceof RemoveShard remove) {
      return Unsigned.text(remove.shardId());
    }
    if (command instanceof AddReplica add) {
      return Unsigned.text(add.shardId()) + " " + add.url();
    }
    if (command instanceof RemoveReplica remove) {
      return Unsigned.text(remove.shardId()) + " " + remove.url();
    }
    if (command instanceof SetShardUrl set) {
      return Unsigned.text(set.shardId())
          + " "
          + set.replicaUrls()
              .filter(List::isEmpty)
              .map(none -> set.primaryUrl() + " no replicas")
              .orElseGet(() -> shard(set.primaryUrl(), set.replicaUrls().orElse(List.of())))
          + (set.force() ? " force" : "");
    }
    if (command instanceof Restore restore) {
      return restore.backup().map().shards().size()
          + " shards of version "
          + Unsigned.text(restore.backup().map().version())
          + ", cluster "
          + restore.backup().clusterId();
    }
    throw Rules.missing(command);
  }

  private static String ofMember(MemberCommand command) {
    if (command instanceof AddMember add) {
      return add.id() + " raft " + add.raft() + " http " + add.http();
    }
    if (command instanceof RemoveMember remove) {
      return remove.id() + (remove.force() ? " force" : "");
    }
    if (command instanceof ReplaceMember replace) {
      return replace.member()
          + " by "
          + replace.id()
          + " raft "
          + replace.raft()
          + " http "
          + replace.http();
    }
    if (command instanceof SetMemberAddress set) {
      return set.id() + " raft " + set.raft() + " http " + set.http();
    }
    throw Rules.missing(command);
  }

  private static String ofStep(StepCommand command) {
    if (command instanceof AdvanceMigration advance) {
      return " "
          + advance.from()
          + " to "
          + advance.to()
          + (advance.reason().isBlank() ? "" : ": " + advance.reason());
    }
    if (command instanceof HoldMigration hold) {
      return " " + hold.phase() + ": " + hold.waitingOn().what() + ": " + hold.waitingOn().detail();
    }
    boolean ends = command instanceof FinishMigration || command instanceof RevertDone;
    return ends ? "" : " " + command.phase();
  }

  private static String ofOrder(MigrationOrder command) {
    if (command instanceof ThrottleMigration throttle) {
      return " " + throttle.pointsPerSecond() + " points/s";
    }
    if (command instanceof CancelMigration cancel) {
      return cancel.keepCopies() ? " keep copies" : "";
    }
    if (command instanceof RetryMigration retry) {
      return retry.skip().isPresent() ? " skip " + Unsigned.text(retry.skip().getAsLong()) : "";
    }
    return "";
  }

  private static String shard(String primaryUrl, List<String> replicaUrls) {
    return replicaUrls.isEmpty()
        ? primaryUrl
        : primaryUrl + " replicas " + String.join(" ", replicaUrls);
  }

  static String of(Outcome outcome) {
    if (outcome instanceof Rejected rejected) {
      return "rejected: " + rejected.refusal().wireName() + ": " + rejected.detail();
    }
    Result result = ((Accepted) outcome).result();
    if (result instanceof MapResult map) {
      return "accepted: map version " + Unsigned.text(map.version());
    }
    if (result instanceof MigrationResult migration) {
      return "accepted: migration " + Unsigned.text(migration.id());
    }
    if (result instanceof PlanResult plan) {
      return "accepted: plan " + Unsigned.text(plan.id());
    }
    if (result instanceof CheckResult check) {
      return "accepted: check " + Unsigned.text(check.id());
    }
    if (result instanceof BackupResult backup) {
      return "accepted: backup " + Unsigned.text(backup.id());
    }
    return result instanceof IdResult allocated
        ? "accepted: id " + Unsigned.text(allocated.id())
        : "accepted";
  }
}
