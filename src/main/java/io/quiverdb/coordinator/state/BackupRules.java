// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.ClusterBackupCommand;
import io.quiverdb.coordinator.command.ClusterBackupCommand.FinishBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.RecordSnapshot;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StartBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StopBackup;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterBackups;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.BackupResult;
import io.quiverdb.coordinator.model.ShardSnapshot;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;
import java.util.function.Function;

/**
 * Backups of the cluster: one at a time, taken by one leader, and as long as one is taken nothing
 * moves points and the map stays as it is ({@link Exclusion}).
 */
final class BackupRules {
  private BackupRules() {}

  static Applied decide(EntryContext context, ClusterBackupCommand command) {
    if (command instanceof StartBackup start) {
      return start(context, start);
    }
    if (command instanceof StopBackup stop) {
      return onRunning(
          context,
          stop.backupId(),
          backup ->
              ended(context, backup, CheckState.STOPPED, "stopped by " + context.stamp().keyId()));
    }
    if (command instanceof RecordSnapshot record) {
      return onRunning(context, record.backupId(), backup -> record(context, backup, record));
    }
    if (command instanceof FinishBackup finish) {
      return onRunning(context, finish.backupId(), backup -> finish(context, backup, finish));
    }
    throw Rules.missing(command);
  }

  private static Applied start(EntryContext context, StartBackup start) {
    ClusterState state = context.state();
    if (state.format() < ClusterBackups.SINCE_FORMAT) {
      return context.rejected(
          Refusal.FORMAT_MISMATCH, "format " + state.format() + " has no backups of the cluster");
    }
    if (!ClusterBackup.isDestination(start.destination())) {
      return context.rejected(
          Refusal.INVALID_DESTINATION,
          "destination: wanted the absolute path of a directory on the disk of each shard, of at"
              + " most "
              + ClusterBackup.MAX_DESTINATION
              + " characters");
    }
    if (start.timeoutSeconds() < 1 || start.timeoutSeconds() > ClusterBackup.MAX_TIMEOUT_SECONDS) {
      return context.rejected(
          Refusal.LIMIT_REACHED,
          "timeout_seconds: wanted 1 to " + ClusterBackup.MAX_TIMEOUT_SECONDS);
    }
    Optional<Applied> busy = Exclusion.ofWork(context);
    if (busy.isPresent()) {
      return busy.get();
    }
    if (state.backups().nextId() == -1L) {
      return context.rejected(Refusal.COUNTER_EXHAUSTED, "no backup id is left");
    }
    ClusterBackup backup =
        ClusterBackup.begun(
            state.backups().nextId(),
            start.destination(),
            start.timeoutSeconds(),
            state.map(),
            context.entry().term(),
            context.stamp().epochMillis());
    return Rules.accepted(
        state.withBackups(state.backups().started(backup)), new BackupResult(backup.id()));
  }

  private static Applied record(EntryContext context, ClusterBackup backup, RecordSnapshot record) {
    if (backup.leaderTerm() != record.leaderTerm()) {
      return otherLeader(context, backup);
    }
    if (backup.next().filter(shard -> shard.id() == record.shardId()).isEmpty()) {
      return context.rejected(
          Refusal.WRONG_STEP,
          "backup " + Unsigned.text(backup.id()) + " is at another shard by now");
    }
    return changed(
        context,
        backup.taken(
            new ShardSnapshot(
                record.shardId(),
                record.manifestVersion(),
                record.files(),
                record.bytes(),
                context.stamp().epochMillis())));
  }

  private static Applied finish(EntryContext context, ClusterBackup backup, FinishBackup finish) {
    if (finish.end() != CheckState.DONE) {
      // Nothing but an end ends it.
      CheckState end = finish.end() == CheckState.RUNNING ? CheckState.FAILED : finish.end();
      return ended(context, backup, end, finish.reason());
    }
    if (backup.leaderTerm() != finish.leaderTerm()) {
      return otherLeader(context, backup);
    }
    return backup.next().isEmpty()
        ? ended(context, backup, CheckState.DONE, "")
        : context.rejected(
            Refusal.WRONG_STEP,
            "backup "
                + Unsigned.text(backup.id())
                + " has no snapshot yet of shard "
                + Unsigned.text(backup.next().get().id()));
  }

  private static Applied otherLeader(EntryContext context, ClusterBackup backup) {
    return context.rejected(
        Refusal.WRONG_STEP,
        "the leader of term " + backup.leaderTerm() + " took backup " + Unsigned.text(backup.id()));
  }

  private static Applied onRunning(
      EntryContext context, long id, Function<ClusterBackup, Applied> rule) {
    Optional<ClusterBackup> found = context.state().backups().find(id);
    if (found.isEmpty()) {
      return context.rejected(
          Refusal.UNKNOWN_BACKUP,
          "there is no backup " + Unsigned.text(id) + ", or it was forgotten");
    }
    return found.get().isRunning()
        ? rule.apply(found.get())
        : context.rejected(
            Refusal.BACKUP_ENDED,
            "backup " + Unsigned.text(id) + " has ended: " + found.get().state().wireName());
  }

  private static Applied ended(
      EntryContext context, ClusterBackup backup, CheckState end, String reason) {
    return changed(context, backup.ended(end, reason, context.stamp().epochMillis()));
  }

  private static Applied changed(EntryContext context, ClusterBackup backup) {
    return Rules.accepted(
        context.state().withBackups(context.state().backups().changed(backup)),
        new BackupResult(backup.id()));
  }
}
