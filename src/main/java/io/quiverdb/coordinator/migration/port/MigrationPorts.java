package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.ShardApi;

/**
 * Everything outside that a leader's engine works with.
 *
 * @param log the replicated log, for the leader of one term
 * @param shards all shards, by URL
 * @param routers all routers, by URL
 * @param time the clock
 * @param tasks work side by side
 * @param fence until when data requests may be sent in that term
 * @param spills keeps what a drop removes although the owner lacks it
 * @param memory for what is read of points, in the whole process
 * @param recorder told what is done, for the metrics
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
