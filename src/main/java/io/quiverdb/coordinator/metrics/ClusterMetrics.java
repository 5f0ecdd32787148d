// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.api.request.Observation.SeenRouter;
import io.quiverdb.coordinator.api.request.Observation.SeenShard;
import java.util.OptionalLong;

/**
 * Shards, routers and alarms as one member sees them. What it does not know is NaN or absent, never
 * zero. For one thread at a time.
 */
final class ClusterMetrics {
  private final MultiGauge points;
  private final MultiGauge up;
  private final MultiGauge versions;
  private final MultiGauge confirmed;
  private final MultiGauge alarms;

  ClusterMetrics(MeterRegistry registry, String prefix) {
    this.points =
        gauge(registry, prefix + "shard_points", "points of the shard; NaN if it does not say");
    this.up = gauge(registry, prefix + "shard_up", "1 while the shard answers and is healthy");
    this.versions =
        gauge(
            registry,
            prefix + "router_map_version",
            "version of the map that the router follows; NaN while it does not answer");
    this.confirmed =
        gauge(registry, prefix + "router_confirmed", "1 while the router follows the newest map");
    this.alarms = gauge(registry, prefix + "alarm", "alarms of this code that hold");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** Shards, routers and alarms appear and disappear: their rows are rebuilt before each scrape. */
  void refresh(Observation seen) {
    points.register(
        seen.shards().stream().map(s -> row("shard", s.id(), number(s.points()))).toList(), true);
    up.register(seen.shards().stream().map(ClusterMetrics::up).toList(), true);
    versions.register(
        seen.routers().stream().map(r -> row("router", r.url(), number(r.mapVersion()))).toList(),
        true);
    confirmed.register(seen.routers().stream().map(ClusterMetrics::confirmed).toList(), true);
    alarms.register(
        seen.alarms().entrySet().stream().map(a -> row("code", a.getKey(), a.getValue())).toList(),
        true);
  }

  private static MultiGauge.Row<Number> up(SeenShard shard) {
    return row("shard", shard.id(), shard.up() ? 1 : 0);
  }

  private static MultiGauge.Row<Number> confirmed(SeenRouter router) {
    return row("router", router.url(), router.confirmed() ? 1 : 0);
  }

  private static double number(OptionalLong known) {
    return known.isPresent() ? CoordinatorMetrics.unsigned(known.getAsLong()) : Double.NaN;
  }

  private static MultiGauge.Row<Number> row(String label, String value, double number) {
    return MultiGauge.Row.of(Tags.of(label, value), number);
  }
}
