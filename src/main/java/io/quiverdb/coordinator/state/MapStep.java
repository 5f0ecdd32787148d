// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.Optional;

/** The change of the map by a transition, in the same entry and in exactly one version step. */
enum MapStep {
  /** Nothing. */
  KEEP(""),
  /** Publishes the new shard. */
  JOIN("adds the new shard as joining, at the end"),
  /** Publishes that a shard leaves. */
  LEAVE("marks the shard as leaving, and lists it first"),
  /** The flip of a grow. */
  PROMOTE("lets the new shard serve, and lists it first"),
  /** The flip of a drain. */
  REMOVE("takes the leaving shard out"),
  /** Reverts a grow. */
  WITHDRAW("takes the joining shard out"),
  /** Reverts a drain. */
  STAY("lets the leaving shard stay, at its old place"),
  /** Reverts a drain that was only planned. */
  STAY_AFTER_ALL("lets the shard stay, if it was leaving before the migration");

  private final String words;

  MapStep(String words) {
    this.words = words;
  }

  /** The map after it, or why it is refused; empty if the map stays the same. */
  Optional<MapChange> change(ShardMap map, Migration migration) {
    MigrationPlan plan = migration.plan();
    return switch (this) {
      case KEEP -> Optional.empty();
      case JOIN -> Optional.of(map.addJoining(plan.shardId(), plan.url(), plan.replicaUrls()));
      case LEAVE -> Optional.of(map.leaveFromFront(plan.shardId()));
      case PROMOTE -> Optional.of(map.promoteToFront(plan.shardId()));
      case REMOVE, WITHDRAW -> Optional.of(map.remove(plan.shardId()));
      case STAY -> Optional.of(map.stayAt(plan.shardId(), migration.place()));
      case STAY_AFTER_ALL ->
          map.isLeaving(plan.shardId())
              ? Optional.of(map.cancelLeave(plan.shardId()))
              : Optional.empty();
    };
  }

  /** Notes in the record which version it published. */
  Migration note(Migration migration, long version) {
    return this == JOIN || this == LEAVE
        ? migration.withVersionDuring(version)
        : migration.withVersionAfter(version);
  }

  /** What it does, for the documentation. */
  String words() {
    return words;
  }
}
