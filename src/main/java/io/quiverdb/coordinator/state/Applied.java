// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;

/**
 * The result of applying one entry.
 *
 * @param state the state after it
 * @param outcome the answer to the proposer
 * @param replayed whether that is the first outcome of an earlier entry with the same idempotency
 *     key
 */
public record Applied(ClusterState state, Outcome outcome, boolean replayed) {
  /** With a state that the same entry has changed further. */
  Applied with(ClusterState further) {
    return new Applied(further, outcome, replayed);
  }
}
