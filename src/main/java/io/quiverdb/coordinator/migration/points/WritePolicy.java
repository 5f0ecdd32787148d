package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.Set;

/**
 * How points get into a shard. A bulk load leaves the index for later: that pays where nobody
 * searches yet and the index is built in one go. A shard that serves would answer searches without
 * those points, and a replica stops following after one.
 */
final class WritePolicy {
  /** Kinds that cost the same per point either way, and go stale by a bulk load. */
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
   * How many requests of the first copy may be under way to a shard that joins. A second one waits
   * there while the shard works on the first; that wait is part of its latency, by which requests
   * to {@code /points} are sized. Replicas need the pause between two requests to catch up.
   */
  static int underWay(Shard target) {
    return target.replicaUrls().isEmpty() ? REQUESTS_WITHOUT_REPLICAS : 1;
  }
}
