// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * What a shard answered when it had written its snapshot.
 *
 * @param shardId whose
 * @param manifestVersion the shard's own number of what it holds; unsigned
 * @param files how many it wrote; unsigned
 * @param bytes of all of them; unsigned
 * @param takenMillis when the answer was logged: milliseconds since 1970-01-01T00:00:00Z, for
 *     people
 */
public record ShardSnapshot(
    long shardId, long manifestVersion, long files, long bytes, long takenMillis) {}
