// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the leader sees of the cluster outside of the log.
 *
 * @param points of each shard that said how many it has, by id
 * @param alarms the details of those that are raised
 * @param routersBehind URLs of registered routers that do not follow the newest map
 */
public record Surroundings(
    Map<Long, Long> points, List<String> alarms, List<String> routersBehind) {
  /** Copies all of it. */
  public Surroundings {
    points = new TreeMap<>(points);
    alarms = List.copyOf(alarms);
    routersBehind = List.copyOf(routersBehind);
  }
}
