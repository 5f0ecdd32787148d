// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * How many points a shard had when a migration was planned.
 *
 * @param shardId unsigned
 * @param points of all its collections together
 */
public record CountedShard(long shardId, long points) {}
