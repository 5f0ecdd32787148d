// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What this member observes outside of itself, for the metrics.
 *
 * @param shards those of the map; none while another member leads, which asks them
 * @param routers the registered ones
 * @param alarms how many hold of each code
 * @param failureTolerance how many members may fail now, whichever they are, so that the rest can
 *     still commit; empty if unknown
 */
public record Observation(
    List<SeenShard> shards,
    List<SeenRouter> routers,
    Map<String, Integer> alarms,
    OptionalInt failureTolerance) {
  /** Nothing. */
  public static final Observation NONE =
      new Observation(List.of(), List.of(), Map.of(), OptionalInt.empty());

  /** Copies the lists. */
  public Observation {
    shards = List.copyOf(shards);
    routers = List.copyOf(routers);
    alarms = new TreeMap<>(alarms);
  }

  /**
   * A shard.
   *
   * @param id unsigned
   * @param up whether it answered and is healthy
   * @param points that its collections count; empty: it did not say
   */
  public record SeenShard(String id, boolean up, OptionalLong points) {}

  /**
   * A router.
   *
   * @param mapVersion that it answered with; empty: the newest attempt failed
   * @param confirmed whether that was the newest map
   */
  public record SeenRouter(String url, OptionalLong mapVersion, boolean confirmed) {}
}
