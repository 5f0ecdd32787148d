// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One change of the replicated state, as it stands in the log. Every command is a record of values:
 * what it needs from a clock, a router or a random source was put into it by its proposer.
 *
 * <p>Commands come in families, so that a rule about all of one family cannot miss a member of it.
 * Names of records' components are names on the wire; names of types are not.
 */
public sealed interface Command
    permits Command.MapCommand,
        Command.MemberCommand,
        Command.RouterCommand,
        Command.LeaderCommand,
        Command.MigrationOrder,
        Command.Bootstrap,
        Command.AllocateId,
        CheckCommand {
  /** The name of this kind of command in the log, the history and the metrics. */
  default String wireName() {
    return getClass().getAnnotation(Wire.class).value();
  }

  /** Changes the map by hand. Refused while a migration is active: that one changes the map. */
  sealed interface MapCommand extends Command {}

  /** Changes who the members are, or where. One change at a time. */
  sealed interface MemberCommand extends Command {}

  /** Changes the registry of routers. */
  sealed interface RouterCommand extends Command {}

  /** Written by the leader itself. Refused in every other term than its author's. */
  sealed interface LeaderCommand extends Command
      permits StepCommand,
          RaiseFormat,
          AdmitMember,
          RecordMembers,
          FinishMemberStep,
          StartMigration,
          CheckCommand.Finding {
    /** The term in which the author became leader. */
    long leaderTerm();
  }

  /** What the leader logs about the active migration. Compare-and-set on id and phase. */
  sealed interface StepCommand extends LeaderCommand {
    /** The id of the migration, unsigned. */
    long migrationId();

    /** The phase in which the migration must be. */
    Phase phase();
  }

  /** What an operator orders about the active migration. */
  sealed interface MigrationOrder extends Command {
    /** The id of the migration, unsigned. */
    long migrationId();
  }

  /**
   * Gives an empty ensemble its first content. The first one wins; an equal one changes nothing; a
   * different one is refused and remembered as a mismatch of the member that proposed it.
   *
   * @param clusterId a fresh UUID, made by the proposer
   * @param fingerprint of what was configured, before the proposer raised any version; two
   *     bootstraps are equal if their fingerprints are
   * @param map the first map
   * @param nextId the first id to hand out
   * @param routers URLs of routers to register
   */
  @Wire("bootstrap")
  record Bootstrap(
      String clusterId, String fingerprint, ShardMap map, long nextId, List<String> routers)
      implements Command {
    public Bootstrap {
      routers = List.copyOf(routers);
    }
  }

  /** Adds a shard that serves at once; takes one id, also when it is refused. */
  @Wire("add_shard")
  record AddShard(String primaryUrl, List<String> replicaUrls) implements MapCommand {
    public AddShard {
      replicaUrls = List.copyOf(replicaUrls);
    }
  }

  /** Adds a shard that takes writes but no searches; takes one id, also when it is refused. */
  @Wire("add_joining_shard")
  record AddJoiningShard(String primaryUrl, List<String> replicaUrls) implements MapCommand {
    public AddJoiningShard {
      replicaUrls = List.copyOf(replicaUrls);
    }
  }

  /** Lets a joining shard serve searches. */
  @Wire("promote_shard")
  record PromoteShard(long shardId) implements MapCommand {}

  /** Takes a shard out of the map. */
  @Wire("remove_shard")
  record RemoveShard(long shardId) implements MapCommand {}

  /** Hands out one shard id, without touching the map. */
  @Wire("allocate_id")
  record AllocateId() implements Command {}

  /** Names a read replica of a shard. */
  @Wire("add_replica")
  record AddReplica(long shardId, String url) implements MapCommand {}

  /** Forgets a read replica of a shard. */
  @Wire("remove_replica")
  record RemoveReplica(long shardId, String url) implements MapCommand {}

  /** Registers a router, whose adoption of a map will be waited for; known already: no change. */
  @Wire("register_router")
  record RegisterRouter(String url) implements RouterCommand {}

  /**
   * Takes a router out of the registry.
   *
   * @param force also while a migration still waits for it; recorded in the history
   */
  @Wire("remove_router")
  record RemoveRouter(String url, boolean force) implements RouterCommand {}

  /**
   * Replaces map, counters and routers by those of a backup. The map version becomes one above both
   * this state's highest and {@code versionFloor}, so that every router adopts it.
   *
   * @param backup what to go back to
   * @param versionFloor the highest version that a router or the caller named; unsigned
   * @param nextIdFloor the next shard id is at least this
   */
  @Wire("restore")
  record Restore(BackupContent backup, long versionFloor, long nextIdFloor) implements MapCommand {}

  /**
   * Lets the members write entries and snapshots of a newer format.
   *
   * @param format the current format plus one
   * @param leaderTerm the term in which the author became leader
   */
  @Wire("raise_format")
  record RaiseFormat(int format, long leaderTerm) implements LeaderCommand {}

  /**
   * Records under which incarnation a member votes from here on, and retires its former one. Kept
   * in the history only if it replaces one.
   *
   * @param member its id
   * @param incarnation the random name of what is in its data directory
   * @param leaderTerm the term in which the author became leader
   */
  @Wire("admit_member")
  record AdmitMember(String member, String incarnation, long leaderTerm) implements LeaderCommand {}

  /**
   * Records who the members are, for an ensemble that has known it from the configuration of its
   * members. Refused if it is recorded already.
   *
   * @param members as the leader is configured; all that vote are among them
   * @param leaderTerm the term in which the author became leader
   */
  @Wire(value = "record_members", sinceFormat = 2)
  record RecordMembers(List<EnsembleMember> members, long leaderTerm) implements LeaderCommand {
    public RecordMembers {
      members = List.copyOf(members);
    }
  }

  /** Adds a member. It does not vote before it has caught up. */
  @Wire(value = "add_member", sinceFormat = 2)
  record AddMember(String id, String raft, String http) implements MemberCommand {}

  /**
   * Takes a member out. Of one that is just being added, or moved, it ends that change.
   *
   * @param force whether the caller wanted it against the advice; for the history
   */
  @Wire(value = "remove_member", sinceFormat = 2)
  record RemoveMember(String id, boolean force) implements MemberCommand {}

  /**
   * Adds a member and, when it votes, takes another one out.
   *
   * @param member the id of the one that goes
   */
  @Wire(value = "replace_member", sinceFormat = 2)
  record ReplaceMember(String member, String id, String raft, String http)
      implements MemberCommand {}

  /** Gives a member other addresses. Another one for a member that is still awaited corrects it. */
  @Wire(value = "set_member_address", sinceFormat = 2)
  record SetMemberAddress(String id, String raft, String http) implements MemberCommand {}

  /**
   * Notes that a step of a change of the members is through.
   *
   * @param change {@link MemberChange#index}
   * @param leaderTerm the term in which the author became leader
   */
  @Wire(value = "finish_member_step", sinceFormat = 2)
  record FinishMemberStep(long change, MemberChange.Step step, long leaderTerm)
      implements LeaderCommand {}

  /**
   * Records the plan of a migration. Takes one shard id if it grows the cluster, also when its URL
   * is refused; none when a migration is active. A leader's command because its author made the
   * checks.
   *
   * @param plan what to move; the shard id of a grow is ignored: the entry takes the next one
   * @param throttlePointsPerSecond 0: unlimited
   * @param leaderTerm the term in which the author became leader
   */
  @Wire("start_migration")
  record StartMigration(MigrationPlan plan, long throttlePointsPerSecond, long leaderTerm)
      implements LeaderCommand {}

  /**
   * Brings a migration from one phase to the next, and changes the map with it where the phase says
   * so.
   *
   * @param reason why it turns back or is given up; empty when it goes forward
   */
  @Wire("advance_migration")
  record AdvanceMigration(long migrationId, Phase from, Phase to, String reason, long leaderTerm)
      implements StepCommand {
    @Override
    public Phase phase() {
      return from;
    }
  }

  /**
   * Notes that the leader begins the work of a phase: refused after others have begun it too often
   * without progress, since they may have died of it; not kept in the history.
   */
  @Wire("begin_phase")
  record BeginPhase(long migrationId, Phase phase, long leaderTerm) implements StepCommand {}

  /**
   * Notes how far a migration has come; not kept in the history. Ends a hold, unless it says what
   * the migration still holds for.
   *
   * @param progress its numbers and those parts that changed
   * @param waitingOn what it waits for right now, if nothing moves
   */
  @Wire("report_progress")
  record ReportProgress(
      long migrationId,
      Phase phase,
      MigrationProgress progress,
      Optional<WaitingOn> waitingOn,
      long leaderTerm)
      implements StepCommand {}

  /** Notes that a migration waits for something outside. */
  @Wire("hold_migration")
  record HoldMigration(long migrationId, Phase phase, WaitingOn waitingOn, long leaderTerm)
      implements StepCommand {}

  /**
   * Announces the flip of a migration: members hold the polls of routers from here on, until the
   * migration is in another phase or state, or {@link io.quiverdb.coordinator.model.Gate#LIMIT} has
   * passed. Ends a hold.
   */
  @Wire("gate_migration")
  record GateMigration(long migrationId, Phase phase, long leaderTerm) implements StepCommand {}

  /** Ends a migration whose last step is through: DONE. */
  @Wire("finish_migration")
  record FinishMigration(long migrationId, Phase phase, long leaderTerm) implements StepCommand {}

  /** Ends a migration that was taken back: REVERTED. */
  @Wire("revert_done")
  record RevertDone(long migrationId, long leaderTerm) implements StepCommand {
    @Override
    public Phase phase() {
      return Phase.REVERTING;
    }
  }

  /** Stops a migration after what is in flight; writes go on to both sides. */
  @Wire("pause_migration")
  record PauseMigration(long migrationId) implements MigrationOrder {}

  /** Lets a paused migration go on. */
  @Wire("resume_migration")
  record ResumeMigration(long migrationId) implements MigrationOrder {}

  /**
   * Limits a migration.
   *
   * @param pointsPerSecond 0: unlimited
   */
  @Wire("throttle_migration")
  record ThrottleMigration(long migrationId, long pointsPerSecond) implements MigrationOrder {}

  /**
   * Turns a migration back, and publishes the map without it, in one step; refused from the flip
   * on.
   *
   * @param keepCopies leave the copies where they are: they may be the only ones
   */
  @Wire("cancel_migration")
  record CancelMigration(long migrationId, boolean keepCopies) implements MigrationOrder {}

  /**
   * Lets a migration that holds try again at once.
   *
   * @param skip a dead shard that shall not be waited for any longer. What it may still hold of
   *     copies is noted; if it holds the truth, the copies on the others are kept and noted
   * @param hold what it is said of: refused if the migration waits for something else by now; empty
   *     if nothing was waited for, which only a repetition may say
   */
  @Wire("retry_migration")
  record RetryMigration(long migrationId, OptionalLong skip, Optional<WaitingOn.Id> hold)
      implements MigrationOrder {}
}
