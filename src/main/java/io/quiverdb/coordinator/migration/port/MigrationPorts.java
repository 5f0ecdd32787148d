// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.ShardApi;

/**
 * The ports of a leader's engine.
 *
 * @param log the replicated log, for the leader of one term
 * @param shards all shards, by URL
 * @param routers all routers, by URL
 * @param time the clock
 * @param tasks parallel tasks
 * @param fence until when data requests may be sent in that term
 * @param spills keeps what a drop deletes although the owner lacks it
 * @param memory memory for points that are read, in the whole process
 * @param recorder records what is done, for the metrics
 */
public record MigrationPorts(
    MigrationLog log,
    ShardApi shards,
    RouterApi routers,
    Time time,
    Tasks tasks,
    Fence fence,
    Spills spills,
    MemoryBudget memory,
    MigrationRecorder recorder) {}
