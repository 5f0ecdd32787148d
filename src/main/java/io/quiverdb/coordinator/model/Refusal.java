// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a command was refused. A refusal is an ordinary outcome that is replicated like any other;
 * the {@linkplain #wireName() wire name} is part of the log and snapshot format.
 */
public enum Refusal {
  /** Nothing has been bootstrapped yet, so there is no map to change. */
  NOT_BOOTSTRAPPED,
  /** The ensemble has already been bootstrapped from other content. */
  BOOTSTRAP_MISMATCH,
  /** The map, or the growth policy, is not at the version that the caller expected. */
  VERSION_MISMATCH,
  /** The idempotency key was used before for another request. */
  IDEMPOTENCY_KEY_REUSED,
  /** The URL is blank or no absolute http or https URL. */
  INVALID_URL,
  /** The URL already is a primary's or a replica's in the map. */
  DUPLICATE_URL,
  /** No shard has this id. */
  UNKNOWN_SHARD,
  /** A shard already has this id. */
  SHARD_ID_TAKEN,
  /** A map keeps at least one shard. */
  LAST_SHARD,
  /** Only a joining shard can be promoted. */
  NOT_JOINING,
  /** The shard is joining, which rules this out. */
  STILL_JOINING,
  /** The shard is leaving already. */
  ALREADY_LEAVING,
  /** Only a leaving shard can cancel its leave. */
  NOT_LEAVING,
  /** No shard would be left that is neither joining nor leaving. */
  NO_ACTIVE_SHARD_LEFT,
  /** The shard has no replica with this URL. */
  UNKNOWN_REPLICA,
  /** No router with this URL is registered. */
  UNKNOWN_ROUTER,
  /** An unsigned 64-bit counter has no value left. */
  COUNTER_EXHAUSTED,
  /**
   * A documented bound (on shards, replicas, routers, a migration's plan or report) is exceeded.
   */
  LIMIT_REACHED,
  /** The entry was written by a leader of an older term. */
  STALE_TERM,
  /** The format to raise to does not follow the current one. */
  FORMAT_MISMATCH,
  /** The incarnation of a member was replaced by another one. */
  INCARNATION_RETIRED,
  /** The log has no list of members yet: not every member reads format 2. */
  MEMBERS_NOT_RECORDED,
  /** No member has this id. */
  UNKNOWN_MEMBER,
  /** Another member has this id or this address. */
  DUPLICATE_MEMBER,
  /** The id or an address of a member is not valid. */
  INVALID_MEMBER,
  /** An ensemble keeps at least one member. */
  LAST_MEMBER,
  /** Another change of the members is under way. */
  MEMBER_CHANGE_ACTIVE,
  /** The change of the members, the check, the plan or the policy is at another step, or over. */
  WRONG_STEP,
  /** An active migration forbids this. */
  MIGRATION_ACTIVE,
  /** A shard is joining or leaving without a migration. */
  MANUAL_MEMBERSHIP,
  /** No migration has this id. */
  UNKNOWN_MIGRATION,
  /** The migration is in another phase, or its state does not allow this. */
  WRONG_PHASE,
  /** The flip has happened: only another migration can undo it. */
  POINT_OF_NO_RETURN,
  /** Another plan is running. */
  PLAN_ACTIVE,
  /** No plan has this id. */
  UNKNOWN_PLAN,
  /** A check of the data is running. */
  CHECK_ACTIVE,
  /** Something speaks against adding a standby now. */
  GROWTH_OBSTACLE,
  /** No check has this id. */
  UNKNOWN_CHECK,
  /** The check has ended. */
  CHECK_ENDED,
  /** A backup is being taken, which rules this out until it has ended. */
  BACKUP_ACTIVE,
  /** No backup has this id. */
  UNKNOWN_BACKUP,
  /** The backup has ended. */
  BACKUP_ENDED,
  /** The destination of a backup is no absolute path. */
  INVALID_DESTINATION,
  /** The strays of a check are being removed, which rules this out until that has ended. */
  SWEEP_ACTIVE,
  /** The strays of this check cannot be removed as it stands. */
  NOT_SWEEPABLE,
  /** The content to bootstrap from or to restore breaks a rule of the map. */
  INVALID_MAP;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The stable name in log entries, snapshots and metrics: lower case with underscores. */
  public String wireName() {
    return wireName;
  }

  /** The refusal with this wire name, or empty if this build knows none. */
  public static Optional<Refusal> ofWireName(String wireName) {
    return Arrays.stream(values()).filter(r -> r.wireName.equals(wireName)).findFirst();
  }
}
