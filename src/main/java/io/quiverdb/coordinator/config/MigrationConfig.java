// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The settings of migrations.
 *
 * @param adoption how the coordinator knows that the routers have adopted a new map
 * @param requestDrain the longest a client's request lasts inside a router and a shard that answer
 * @param dataTimeout the longest one of the coordinator's own data requests can still take effect
 * @param mapStaleness a member serves its own map only while its last linearizable read was sent
 *     less than this ago; at least 400 ms
 * @param routerGrace the wait that replaces the routers' confirmations if adoption is assumed;
 *     longer than their poll interval of two seconds
 * @param paceTarget how long one of the coordinator's requests may occupy a shard
 * @param targetUnhealthy a migration gives up a joining shard that is unhealthy for this long
 * @param unreachableLimit how long a dead shard blocks a step that removes points, before it may be
 *     skipped
 * @param roundLimit rounds of reconciliation, the copy included; at least 2
 * @param spillThreshold how many absent ids hold a drop
 * @param throttlePointsPerSecond 0: unlimited
 * @param batchBytes the most bytes of points in one request
 * @param binary what to pass as {@code binary} when a collection with the index {@code disk_vamana}
 *     is created on another shard, because shards do not report it; empty: such a collection cannot
 *     be moved
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
  /** How the coordinator knows that the routers have adopted a new map. */
  public enum Adoption {
    /** It asks each registered router. */
    OBSERVED,
    /** It waits for a fixed time. */
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
