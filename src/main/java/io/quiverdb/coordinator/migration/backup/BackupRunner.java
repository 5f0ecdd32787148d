// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.backup;

import io.quiverdb.coordinator.command.ClusterBackupCommand.FinishBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.RecordSnapshot;
import io.quiverdb.coordinator.command.ClusterBackupCommand.Taking;
import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.PatientLog;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.shard.WrittenSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the backup that the state asks for, in the term of one leader. A backup that an earlier
 * leader began fails: nobody knows which of its requests a shard still works on, and a shard does
 * not say whether a directory that exists is complete. Not thread-safe: migrations and backups
 * share one thread.
 */
public final class BackupRunner {
  private static final Logger LOG = LoggerFactory.getLogger(BackupRunner.class);

  /** Between two attempts at a shard that has surely begun nothing. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration FIRST_LOOK = Duration.ofMillis(20);
  private static final Duration LAST_LOOK = Duration.ofSeconds(1);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final Supplier<Duration> takeoverLeft;

  /**
   * Serves the leader of one term.
   *
   * @param takeoverLeft how long requests of an earlier leader may still take effect
   */
  public BackupRunner(
      long term,
      MigrationPorts ports,
      MigrationSettings settings,
      Supplier<Duration> takeoverLeft) {
    this.term = term;
    this.ports = ports;
    this.settings = settings;
    this.takeoverLeft = takeoverLeft;
  }

  /**
   * Works on the running backup until it ends.
   *
   * @return whether there was one
   * @throws FencedException if this member does not lead any more
   */
  public boolean run(ClusterState seen) throws InterruptedException {
    Optional<ClusterBackup> running = seen.backups().running();
    if (running.isPresent()) {
      run(running.get());
    }
    return running.isPresent();
  }

  private void run(ClusterBackup backup) throws InterruptedException {
    if (backup.leaderTerm() != term) {
      fail(
          backup,
          "its leader was gone, that of term "
              + backup.leaderTerm()
              + "; remove "
              + backup.directory()
              + " on the shards, and begin another backup");
      return;
    }
    LOG.info("backup {}: {} shards to {}", backup.id(), backup.shards().size(), backup.directory());
    try {
      ports.time().sleep(takeoverLeft.get());
      for (Shard shard :
          backup.shards().subList(backup.snapshots().size(), backup.shards().size())) {
        WrittenSnapshot written = snapshot(backup, shard);
        LOG.info("backup {}: shard {} wrote {} bytes", backup.id(), shard.id(), written.bytes());
        log(
            backup,
            new RecordSnapshot(
                backup.id(),
                shard.id(),
                written.manifestVersion(),
                written.files(),
                written.bytes(),
                term));
      }
      log(backup, new FinishBackup(backup.id(), CheckState.DONE, "", term));
    } catch (StepStopped e) {
      LOG.info("backup {}: {}", backup.id(), e.getMessage());
    } catch (SnapshotFailed e) {
      fail(backup, e.getMessage() + "");
    } catch (FencedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("backup {} broke", backup.id(), e);
      fail(backup, e.toString());
    }
  }

  private WrittenSnapshot snapshot(ClusterBackup backup, Shard shard)
      throws SnapshotFailed, InterruptedException {
    long since = ports.time().nanos();
    while (true) {
      try {
        return attempt(backup, shard);
      } catch (ShardException e) {
        boolean nothingBegun = e.kind() == Kind.NEVER_SENT || e.kind() == Kind.BUSY;
        long waited = ports.time().nanos() - since;
        if (!nothingBegun || waited >= settings.unreachableLimit().toNanos()) {
          throw new SnapshotFailed(backup, shard, e);
        }
        LOG.info("backup {} waits: {}", backup.id(), e.getMessage());
        ports.time().sleep(PAUSE);
      }
    }
  }

  /** Asks in a task of its own: an order to stop does not wait for the shard's answer. */
  private WrittenSnapshot attempt(ClusterBackup backup, Shard shard)
      throws ShardException, InterruptedException {
    check(backup);
    Tasks.Task<WrittenSnapshot> call =
        ports
            .tasks()
            .start(
                "snapshot-" + shard.id(),
                () ->
                    ports
                        .shards()
                        .snapshot(
                            shard.primaryUrl(),
                            backup.directory(shard.id()),
                            Duration.ofSeconds(backup.timeoutSeconds())));
    Duration look = FIRST_LOOK;
    try {
      while (!call.isDone()) {
        ports.time().sleep(look);
        look = Durations.min(look.multipliedBy(2), LAST_LOOK);
        check(backup);
      }
    } finally {
      call.cancel();
      TaskJoin.quietly(call);
    }
    return TaskJoin.of(call, ShardException.class);
  }

  private void check(ClusterBackup backup) {
    var unused = ports.fence().sendUntilNanos();
    if (running(ports.log().state(), backup).isEmpty()) {
      throw new StepStopped("it has ended");
    }
  }

  private static Optional<ClusterBackup> running(ClusterState state, ClusterBackup backup) {
    return state.backups().find(backup.id()).filter(ClusterBackup::isRunning);
  }

  private void fail(ClusterBackup backup, String reason) throws InterruptedException {
    LOG.warn("backup {} failed: {}", backup.id(), reason);
    log(backup, new FinishBackup(backup.id(), CheckState.FAILED, reason, term));
  }

  private void log(ClusterBackup backup, Taking entry) throws InterruptedException {
    var unused =
        new PatientLog(ports.log())
            .log("backup " + backup.id(), entry, state -> isOwed(state, backup, entry));
  }

  private static boolean isOwed(ClusterState state, ClusterBackup backup, Taking entry) {
    Optional<ClusterBackup> now = running(state, backup);
    return now.isPresent()
        && !(entry instanceof RecordSnapshot record
            && now.get().snapshot(record.shardId()).isPresent());
  }
}
