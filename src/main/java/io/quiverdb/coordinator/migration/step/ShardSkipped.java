package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Shard;

/** An operator said that cleaning shall not wait for this shard any longer. */
public final class ShardSkipped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long shardId;

  /** For a shard that is not waited for any more. */
  public ShardSkipped(Shard shard) {
    super(shard.primaryUrl() + " is skipped");
    this.shardId = shard.id();
  }

  /** Whether it is this shard. */
  public boolean isAbout(Shard shard) {
    return shardId == shard.id();
  }
}
