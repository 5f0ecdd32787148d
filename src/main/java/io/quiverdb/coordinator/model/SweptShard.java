// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * What a sweep removed from one collection on one shard.
 *
 * @param collection its name
 * @param shardId the shard; unsigned
 * @param removed by what their owner had: those that differed, or were the only copy, were kept in
 *     a spill file first
 */
public record SweptShard(String collection, long shardId, StrayCounts removed) {
  /** Whether both are about the same collection on the same shard. */
  boolean isAbout(SweptShard other) {
    return shardId == other.shardId && collection.equals(other.collection);
  }

  /** The sum of both. */
  SweptShard plus(SweptShard other) {
    return new SweptShard(collection, shardId, removed.plus(other.removed));
  }
}
