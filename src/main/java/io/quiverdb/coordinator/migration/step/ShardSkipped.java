// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Shard;

/** The operator has said not to wait for this shard when copies are deleted. */
public final class ShardSkipped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long shardId;

  /** Names the skipped shard. */
  public ShardSkipped(Shard shard) {
    super(shard.primaryUrl() + " is skipped");
    this.shardId = shard.id();
  }

  /** Whether it is this shard. */
  public boolean isAbout(Shard shard) {
    return shardId == shard.id();
  }
}
