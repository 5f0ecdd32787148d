// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.shard.ShardApi;
import java.time.Duration;
import java.util.Optional;

/**
 * Watches the joining shard. Writes go to it first, so they fail while it is down. Not thread-safe.
 */
public final class TargetWatch {
  /** How often {@link #look} is called. */
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ShardApi shards;
  private final Time time;
  private final Duration limit;
  private Optional<Long> unhealthySince = Optional.empty();

  /** Gives a shard up that is unhealthy for {@code limit}. */
  public TargetWatch(ShardApi shards, Time time, Duration limit) {
    this.shards = shards;
    this.time = time;
    this.limit = limit;
  }

  /** Whether a migration has a shard to watch. */
  public static boolean concerns(Migration migration) {
    return migration.plan().grows() && migration.reversible();
  }

  /** Why the join is to be given up; empty as long as it is not. */
  public Optional<String> look(String url) throws InterruptedException {
    long asked = time.nanos();
    if (shards.healthy(url)) {
      unhealthySince = Optional.empty();
      return Optional.empty();
    }
    if (unhealthySince.isEmpty()) {
      unhealthySince = Optional.of(asked);
    }
    return time.nanos() - unhealthySince.get() >= limit.toNanos()
        ? Optional.of(
            "the joining shard "
                + url
                + " did not answer its health check for "
                + limit.toMillis()
                + " ms")
        : Optional.empty();
  }
}
