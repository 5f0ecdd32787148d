// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.LoggedParts;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the parts of a first round start: at the logged position, or at zero with the shards' point
 * counts, which are read once. Not thread-safe.
 */
final class PartStart {
  private final MigrationContext context;
  private final DataCalls calls;
  private LoggedParts logged;
  private final Map<Long, Map<String, Long>> counts = new HashMap<>();

  PartStart(MigrationContext context, DataCalls calls) {
    this.context = context;
    this.calls = calls;
    this.logged = LoggedParts.of(context);
  }

  /** Reads the logged positions again: a repeated copy resumes there. */
  void forget() {
    logged = LoggedParts.of(context);
  }

  /** The part of a collection between the moving shard and another one, with nothing done yet. */
  MigrationPart fresh(PointSlice slice, String collection, Shard counterpart)
      throws StepException, InterruptedException {
    return slice.part(
        collection, counterpart, count(slice.grows() ? counterpart : slice.moving(), collection));
  }

  /** The part with its logged position. */
  MigrationPart resumed(PointSlice slice, String collection, Shard counterpart)
      throws StepException, InterruptedException {
    MigrationPart fresh = fresh(slice, collection, counterpart);
    return logged.like(fresh).orElse(fresh);
  }

  private long count(Shard shard, String collection) throws StepException, InterruptedException {
    Map<String, Long> its = counts.get(shard.id());
    if (its == null) {
      its = new HashMap<>();
      for (ShardCollection listed : calls.collections(shard)) {
        its.put(listed.name(), listed.count());
      }
      counts.put(shard.id(), its);
    }
    return its.getOrDefault(collection, 0L);
  }
}
