package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;

/** An operator said that cleaning shall not wait for this shard any longer. */
final class ShardSkipped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long shardId;

  ShardSkipped(Shard shard) {
    super(shard.primaryUrl() + " is skipped");
    this.shardId = shard.id();
  }

  /** Whether it is this shard. */
  boolean isAbout(Shard shard) {
    return shardId == shard.id();
  }
}
