// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.Optional;

/** The map as the steps of a plan would make it, one after the other. Not thread-safe. */
public final class PlannedMap {
  private ShardMap map;
  private long nextId;

  /**
   * Begins with a map.
   *
   * @param nextId the id that the next shard gets
   */
  public PlannedMap(ShardMap map, long nextId) {
    this.map = map;
    this.nextId = nextId;
  }

  /** The map after the steps so far. */
  public ShardMap map() {
    return map;
  }

  /** The id that the next shard gets. */
  public long nextId() {
    return nextId;
  }

  /** Takes a step; returns why the map would refuse it. */
  public Optional<Refused> step(PlanStep step) {
    if (step.kind() == MigrationKind.DRAIN) {
      Optional<Refused> refused = change(map.leaveFromFront(step.shardId()));
      return refused.isPresent() ? refused : change(map.remove(step.shardId()));
    }
    if (nextId == -1L) {
      return Optional.of(new Refused(Refusal.COUNTER_EXHAUSTED, "no shard id is left"));
    }
    long id = nextId++;
    Optional<Refused> refused = change(map.addJoining(id, step.url(), step.replicaUrls()));
    return refused.isPresent() ? refused : change(map.promoteToFront(id));
  }

  private Optional<Refused> change(MapChange change) {
    if (change instanceof Refused refused) {
      return Optional.of(refused);
    }
    map = ((Changed) change).map();
    return Optional.empty();
  }
}
