// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Unsigned;

/** The indicators of shards, routers and migrations. */
final class ClusterIndicators {
  private ClusterIndicators() {}

  static Indicator shards(Observed seen) {
    Findings findings = new Findings(Subject.SHARDS).with(seen.alarms());
    if (seen.state().genesis().isEmpty()) {
      findings.add(
          HealthStatus.RED,
          "No member serves a map: routers that start now have nowhere to go.",
          new Diagnosis(
              "there is no map yet: nothing was bootstrapped, as far as "
                  + seen.node()
                  + " has applied the log",
              "Give one member a bootstrap section, or an import_state, and restart it.",
              "docs/configuration.md#bootstrap-what-an-empty-ensemble-begins-with"));
    }
    int count = seen.state().map().shards().size();
    return findings.indicator(count == 1 ? "the shard answers" : "all " + count + " shards answer");
  }

  static Indicator routers(Observed seen) {
    Findings findings = new Findings(Subject.ROUTERS).with(seen.alarms());
    for (Observed.Router router : seen.routers()) {
      router
          .lastError()
          .filter(error -> !isRaised(seen, router))
          .ifPresent(
              error ->
                  findings.add(
                      HealthStatus.YELLOW,
                      "The map of that router is unknown. A migration waits for it.",
                      new Diagnosis(
                          "router " + router.url() + " cannot be asked for its map: " + error,
                          "Start it, or check the network and shards.router_key. If it is gone for"
                              + " good, remove it from the registry.",
                          "docs/rest.md#routers")));
    }
    int count = seen.routers().size();
    long confirmed = seen.routers().stream().filter(Observed.Router::confirmed).count();
    return findings.indicator(
        count == 0
            ? "no router is registered: the maps of routers are not watched"
            : confirmed + " of " + count + " registered routers follow the newest map");
  }

  private static boolean isRaised(Observed seen, Observed.Router router) {
    return seen.alarms().stream().anyMatch(alarm -> alarm.about().equals(router.url()));
  }

  static Indicator migrations(Observed seen) {
    return new Findings(Subject.MIGRATIONS)
        .with(seen.alarms())
        .indicator(
            seen.state()
                .migrations()
                .active()
                .map(ClusterIndicators::described)
                .orElse("nothing moves"));
  }

  private static String described(Migration migration) {
    return "migration "
        + Unsigned.text(migration.id())
        + " is "
        + migration.state().wireName()
        + " in phase "
        + migration.phase();
  }
}
