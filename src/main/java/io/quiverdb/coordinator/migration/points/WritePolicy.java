// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.Set;

/**
 * Decides how points are written to a shard. A bulk load does not update the index: that is faster
 * where no client searches yet and the index is built once. A serving shard would answer searches
 * without those points, and a replica stops following after a bulk load.
 */
final class WritePolicy {
  /** Index kinds that cost the same per point either way, and become stale by a bulk load. */
  private static final Set<String> NO_GAIN_BY_BULK = Set.of("hnsw");

  private static final int REQUESTS_WITHOUT_REPLICAS = 2;

  private WritePolicy() {}

  /** For the first copy onto a shard that joins. */
  static Way ontoJoining(Shard target, ShardCollection collection) {
    return target.replicaUrls().isEmpty() && !NO_GAIN_BY_BULK.contains(collection.index())
        ? Way.BULK
        : Way.POINTS;
  }

  /**
   * How many requests of the first copy may be open to a joining shard. A second one waits there
   * while the shard works on the first; that wait is part of its latency, by which requests to
   * {@code /points} are sized. Replicas need the pause between two requests to catch up.
   */
  static int underWay(Shard target) {
    return target.replicaUrls().isEmpty() ? REQUESTS_WITHOUT_REPLICAS : 1;
  }
}
