// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Shard;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a check has found strays.
 *
 * @param everywhere whether the report does not say where all of them are
 * @param collections by shard
 */
record SweepScope(boolean everywhere, Map<Long, Set<String>> collections) {
  static SweepScope of(CheckReport report) {
    return new SweepScope(
        report.others().strays().total() > 0,
        report.rows().stream()
            .filter(CheckedShard::hasStrays)
            .collect(
                Collectors.groupingBy(
                    CheckedShard::shardId,
                    Collectors.mapping(CheckedShard::collection, Collectors.toSet()))));
  }

  /** Whether the shard has strays in some collection. */
  boolean includes(Shard shard) {
    return everywhere || collections.containsKey(shard.id());
  }

  /** Whether the shard has strays in this collection. */
  boolean includes(Shard shard, String collection) {
    return everywhere || collections.getOrDefault(shard.id(), Set.of()).contains(collection);
  }
}
