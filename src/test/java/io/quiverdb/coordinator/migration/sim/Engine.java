// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.model.ClusterState;

/** What moves points in a world. */
interface Engine {
  /** What the leader of a term runs; ends when it is interrupted or fenced. */
  void lead(Ports ports) throws Exception;

  /**
   * Asks the leader for a migration onto a shard that joins.
   *
   * @return why it is refused; empty: it has begun
   */
  String grow(Ports ports, String url) throws Exception;

  /** The same, off a shard that leaves. */
  String drain(Ports ports, long shardId) throws Exception;

  /** Whether a migration is under way. */
  boolean busy(ClusterState state);
}
