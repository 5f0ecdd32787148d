package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;

/**
 * One change of the replicated state, as it stands in the log. Every command is a record of values:
 * what it needs from a clock, a router or a random source was put into it by its proposer.
 */
public sealed interface Command {
  /** The name of this kind of command in the log, the history and the metrics. */
  default String wireName() {
    return getClass().getAnnotation(Wire.class).value();
  }

  /**
   * Gives an empty ensemble its first content. The first one wins; an equal one changes nothing; a
   * different one is refused and remembered as a mismatch of the node that proposed it.
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
    /** Copies the list. */
    public Bootstrap {
      routers = List.copyOf(routers);
    }
  }

  /** Adds a shard that serves at once; takes one id, also when it is refused. */
  @Wire("add_shard")
  record AddShard(String primaryUrl, List<String> replicaUrls) implements Command {
    /** Copies the list. */
    public AddShard {
      replicaUrls = List.copyOf(replicaUrls);
    }
  }

  /** Adds a shard that takes writes but no searches; takes one id, also when it is refused. */
  @Wire("add_joining_shard")
  record AddJoiningShard(String primaryUrl, List<String> replicaUrls) implements Command {
    /** Copies the list. */
    public AddJoiningShard {
      replicaUrls = List.copyOf(replicaUrls);
    }
  }

  /** Lets a joining shard serve searches. */
  @Wire("promote_shard")
  record PromoteShard(long shardId) implements Command {}

  /** Takes a shard out of the map. */
  @Wire("remove_shard")
  record RemoveShard(long shardId) implements Command {}

  /** Marks a shard as being emptied. */
  @Wire("mark_leaving")
  record MarkLeaving(long shardId) implements Command {}

  /** Takes that mark away. */
  @Wire("cancel_leave")
  record CancelLeave(long shardId) implements Command {}

  /** Hands out one shard id, without touching the map. */
  @Wire("allocate_id")
  record AllocateId() implements Command {}

  /** Names a read replica of a shard. */
  @Wire("add_replica")
  record AddReplica(long shardId, String url) implements Command {}

  /** Forgets a read replica of a shard. */
  @Wire("remove_replica")
  record RemoveReplica(long shardId, String url) implements Command {}

  /** Registers a router, whose adoption of a map will be waited for; known already: no change. */
  @Wire("register_router")
  record RegisterRouter(String url) implements Command {}

  /**
   * Takes a router out of the registry.
   *
   * @param force also while a move still waits for it; recorded in the history
   */
  @Wire("remove_router")
  record RemoveRouter(String url, boolean force) implements Command {}

  /**
   * Replaces map, counters and routers by those of a backup. The map version becomes one above both
   * this state's highest and {@code versionFloor}, so that every router adopts it.
   *
   * @param backup what to go back to
   * @param versionFloor the highest version that a router or the caller named; unsigned
   * @param nextIdFloor likewise for shard ids
   */
  @Wire("restore")
  record Restore(BackupContent backup, long versionFloor, long nextIdFloor) implements Command {}

  /**
   * Lets the nodes write entries and snapshots of a newer format. Leader-only: refused under any
   * other term than {@code leaderTerm}.
   *
   * @param format the current format plus one
   * @param leaderTerm the term in which the author became leader
   */
  @Wire("raise_format")
  record RaiseFormat(int format, long leaderTerm) implements Command {}
}
