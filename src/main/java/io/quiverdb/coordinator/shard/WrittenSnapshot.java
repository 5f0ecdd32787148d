// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

/**
 * What a shard answers when it has written a snapshot of all it holds.
 *
 * @param manifestVersion the shard's own number of what it holds
 * @param files how many it wrote
 * @param bytes of all of them
 */
public record WrittenSnapshot(long manifestVersion, long files, long bytes) {}
