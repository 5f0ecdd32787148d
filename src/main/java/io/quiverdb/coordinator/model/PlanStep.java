// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One step of a plan: one migration.
 *
 * @param kind what the migration does
 * @param url of a grow: the primary of the shard that joins; of a drain: empty
 * @param replicaUrls of a grow: that shard's replicas
 * @param shardId of a drain: the shard that leaves, unsigned; of a grow: 0
 * @param state how it stands
 * @param migration the migration, once it has begun; unsigned
 */
public record PlanStep(
    MigrationKind kind,
    String url,
    List<String> replicaUrls,
    long shardId,
    State state,
    OptionalLong migration) {

  /** How a step stands. */
  public enum State {
    /** It has not begun. */
    WAITING,
    /** Its migration is under way. */
    RUNNING,
    /** Its migration is done. */
    DONE,
    /** It could not begin, or its migration was reverted. */
    FAILED;

    /** The stable name in log entries, snapshots and answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the list. */
  public PlanStep {
    replicaUrls = List.copyOf(replicaUrls);
  }

  /** A step that adds a shard. */
  public static PlanStep grow(String url, List<String> replicaUrls) {
    return new PlanStep(
        MigrationKind.GROW, url, replicaUrls, 0, State.WAITING, OptionalLong.empty());
  }

  /** A step that takes a shard out. */
  public static PlanStep drain(long shardId) {
    return new PlanStep(
        MigrationKind.DRAIN, "", List.of(), shardId, State.WAITING, OptionalLong.empty());
  }

  /** In another state. */
  public PlanStep in(State newState, OptionalLong newMigration) {
    return new PlanStep(kind, url, replicaUrls, shardId, newState, newMigration);
  }
}
