// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;

/**
 * When a shard is to be added, and which one.
 *
 * @param mode what is done
 * @param highWaterPoints one more point than this on one shard is too many; from 1
 * @param standby the shards that may be added, the next one first; at most {@value #MAX_STANDBY}
 * @param cooldownMillis the time from the end of one addition to the beginning of the next
 * @param maxShards none is added to a cluster of so many; 0: no limit
 * @param intervalMillis the time between two looks
 */
public record GrowthPolicy(
    GrowthMode mode,
    long highWaterPoints,
    List<Standby> standby,
    long cooldownMillis,
    int maxShards,
    long intervalMillis) {
  /** The most standbys. */
  public static final int MAX_STANDBY = 32;

  /** The longest cooldown: 30 days. */
  public static final long MAX_COOLDOWN_MILLIS = 30L * 24 * 3_600_000;

  /** The shortest time between two looks. */
  public static final long MIN_INTERVAL_MILLIS = 1_000;

  /** The longest time between two looks: an hour. */
  public static final long MAX_INTERVAL_MILLIS = 3_600_000;

  /** Copies the list. */
  public GrowthPolicy {
    standby = List.copyOf(standby);
  }

  /** With another pool. */
  GrowthPolicy with(List<Standby> newStandby) {
    return new GrowthPolicy(
        mode, highWaterPoints, newStandby, cooldownMillis, maxShards, intervalMillis);
  }

  /** As an operator puts it: each standby may be tried again. */
  public GrowthPolicy anew() {
    return with(standby.stream().map(each -> Standby.of(each.url(), each.replicaUrls())).toList());
  }

  /** Whether all numbers are in their ranges. */
  public boolean fits() {
    return highWaterPoints >= 1
        && standby.size() <= MAX_STANDBY
        && cooldownMillis >= 0
        && cooldownMillis <= MAX_COOLDOWN_MILLIS
        && maxShards >= 0
        && maxShards <= ShardMap.MAX_SHARDS
        && intervalMillis >= MIN_INTERVAL_MILLIS
        && intervalMillis <= MAX_INTERVAL_MILLIS;
  }
}
