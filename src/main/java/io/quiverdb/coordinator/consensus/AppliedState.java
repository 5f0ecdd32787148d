// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.ClusterState;

/**
 * The replicated state, stamped with the log entry that made it.
 *
 * @param state immutable
 * @param index log index of the last applied entry; -1 before the first one
 * @param term term of that entry; 0 before the first one
 */
public record AppliedState(ClusterState state, long index, long term) {}
