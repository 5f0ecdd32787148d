// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How shards are moved.
 *
 * @param adoption how it is known that the routers follow a new map
 * @param requestDrain the longest a client's request lives inside a router and a shard that answer
 * @param dataTimeout the longest one of the coordinator's own data requests can still take effect
 * @param mapStaleness a member serves its own map only while its last linearizable read was sent
 *     less than this ago; at least 400 ms
 * @param routerGrace stands in for the routers' word where adoption is assumed; over their poll of
 *     two seconds
 * @param paceTarget how long one of the coordinator's requests may hold a shard
 * @param targetUnhealthy a joining shard that is unhealthy for this long is given up
 * @param unreachableLimit a dead shard blocks a cleaning step this long before it may be skipped
 * @param roundLimit rounds of reconciliation, the copy included; at least 2
 * @param spillThreshold absent ids that hold a drop
 * @param throttlePointsPerSecond 0: unlimited
 * @param batchBytes the most bytes of points in one request
 * @param binary what to pass as {@code binary} when a collection with the index {@code disk_vamana}
 *     is created on another shard, for shards do not report it; empty: such a one cannot be moved
 */
public record MigrationConfig(
    Adoption adoption,
    Duration requestDrain,
    Duration dataTimeout,
    Duration mapStaleness,
    Duration routerGrace,
    Duration paceTarget,
    Duration targetUnhealthy,
    Duration unreachableLimit,
    int roundLimit,
    int spillThreshold,
    int throttlePointsPerSecond,
    long batchBytes,
    Optional<Boolean> binary) {
  /** How it is known that the routers follow a new map. */
  public enum Adoption {
    /** Each registered router is asked. */
    OBSERVED,
    /** Time is given to them. */
    ASSUMED
  }

  private static final Duration MAX_FRESHNESS_INTERVAL = Duration.ofMillis(500);

  /**
   * How often a member makes a linearizable read: every 500 ms, and four times in {@link
   * #mapStaleness} at least.
   */
  public Duration freshnessInterval() {
    Duration quarter = mapStaleness.dividedBy(4);
    return Collections.min(List.of(quarter, MAX_FRESHNESS_INTERVAL));
  }

  /** With observed adoption; the times are for a LAN. */
  public static final MigrationConfig DEFAULT =
      new MigrationConfig(
          Adoption.OBSERVED,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofMillis(25),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          20,
          1000,
          0,
          8L << 20,
          Optional.empty());
}
