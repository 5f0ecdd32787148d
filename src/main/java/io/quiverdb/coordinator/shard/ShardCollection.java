// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.util.Optional;

/**
 * A collection as a shard lists it.
 *
 * @param name its name
 * @param count how many points it holds
 * @param index kind of its index: {@code hnsw}, {@code ivf}, {@code vamana}, {@code disk_vamana},
 *     ...
 * @param multivector whether it has documents of several vectors: such a collection cannot be moved
 * @param indexReady whether its index is ready; empty if the shard does not report it (0.27.0)
 * @param schema the JSON object that creates a collection like this, keys sorted: every field of
 *     the listing but {@code count} and {@code index_ready}, unknown ones included
 */
public record ShardCollection(
    String name,
    long count,
    String index,
    boolean multivector,
    Optional<Boolean> indexReady,
    String schema) {

  /** Whether both have the same schema. */
  public boolean sameSchema(ShardCollection other) {
    return schema.equals(other.schema);
  }
}
