// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.CheckState;

/** Begins, records and ends a backup of the cluster. One at a time. */
public sealed interface ClusterBackupCommand extends Command {
  /** What the leader logs about the running backup. */
  sealed interface Taking extends ClusterBackupCommand, Command.LeaderCommand {
    /** The id of the backup, unsigned. */
    long backupId();
  }

  /**
   * Begins a backup of the map as it is. Refused while points move. The leader of the term in which
   * it is logged takes it.
   *
   * @param destination the directory on the disk of each shard below which its snapshot goes
   * @param timeoutSeconds how long one shard may take
   */
  @Wire(value = "start_backup", sinceFormat = 2)
  record StartBackup(String destination, long timeoutSeconds) implements ClusterBackupCommand {}

  /** Stops a backup. A shard that writes its snapshot just then goes on with that. */
  @Wire(value = "stop_backup", sinceFormat = 2)
  record StopBackup(long backupId) implements ClusterBackupCommand {}

  /**
   * Notes the snapshot of a shard; not kept in the history. Refused unless it is the next shard and
   * the leader is the one that began.
   *
   * @param manifestVersion as the shard answered
   * @param files as the shard answered
   * @param bytes as the shard answered
   */
  @Wire(value = "record_snapshot", sinceFormat = 2)
  record RecordSnapshot(
      long backupId, long shardId, long manifestVersion, long files, long bytes, long leaderTerm)
      implements Taking {}

  /**
   * Ends the running backup.
   *
   * @param end how; it is done only if all shards have their snapshots
   * @param reason empty if it is done
   */
  @Wire(value = "finish_backup", sinceFormat = 2)
  record FinishBackup(long backupId, CheckState end, String reason, long leaderTerm)
      implements Taking {}
}
