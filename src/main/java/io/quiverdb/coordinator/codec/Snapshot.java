// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.model.ClusterState;

/**
 * The whole replicated state at one index of the log.
 *
 * @param state the state
 * @param index log index of the last entry in it
 * @param term term of that entry
 */
public record Snapshot(ClusterState state, long index, long term) {}
