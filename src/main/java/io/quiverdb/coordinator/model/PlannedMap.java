// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.Optional;

/** The map after each step of a plan. Not thread-safe. */
public final class PlannedMap {
  private final ShardMap present;
  private ShardMap map;
  private long nextId;

  /**
   * Begins with a map.
   *
   * @param nextId the id that the next shard gets
   */
  public PlannedMap(ShardMap map, long nextId) {
    this.present = map;
    this.map = map;
    this.nextId = nextId;
  }

  /** The id that the next shard gets. */
  public long nextId() {
    return nextId;
  }

  /** The map during a step, or why the step would be refused. */
  public MapChange during(PlanStep step) {
    if (step.kind() == MigrationKind.GROW) {
      return nextId == -1L
          ? new Refused(Refusal.COUNTER_EXHAUSTED, "no shard id is left")
          : map.addJoining(nextId, step.url(), step.replicaUrls());
    }
    // The id that a grow will get is not known: others take ids, too.
    return present.shard(step.shardId()).isPresent()
        ? map.leaveFromFront(step.shardId())
        : new Refused(
            Refusal.UNKNOWN_SHARD,
            "shard "
                + Unsigned.text(step.shardId())
                + " is not in the map now; a plan drains only shards that are");
  }

  /** Takes a step; returns why the map would refuse it. */
  public Optional<Refused> step(PlanStep step) {
    Optional<Refused> refused = change(during(step));
    if (refused.isPresent()) {
      return refused;
    }
    return change(
        step.kind() == MigrationKind.GROW
            ? map.promoteToFront(nextId++)
            : map.remove(step.shardId()));
  }

  private Optional<Refused> change(MapChange change) {
    if (change instanceof Refused refused) {
      return Optional.of(refused);
    }
    map = ((Changed) change).map();
    return Optional.empty();
  }
}
