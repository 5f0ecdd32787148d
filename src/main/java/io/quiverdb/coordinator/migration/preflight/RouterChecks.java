// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.router.RouterException;
import java.util.Optional;
import java.util.function.Function;

/** What must hold of the routers before a migration. */
final class RouterChecks {
  private final RouterApi routers;
  private final boolean adoptionAssumed;

  RouterChecks(RouterApi routers, boolean adoptionAssumed) {
    this.routers = routers;
    this.adoptionAssumed = adoptionAssumed;
  }

  void make(Checklist list, ClusterState state, MigrationKind kind) throws InterruptedException {
    String registered = "registered routers: " + state.routers().size();
    list.check(
        "routers_registered",
        adoptionAssumed ? registered + "; for others adoption is assumed" : registered,
        () ->
            state.routers().isEmpty() && !adoptionAssumed
                ? Optional.of(
                    "no router is registered, so the adoption of the new map cannot be"
                        + " confirmed; register every router, or configure migration.adoption:"
                        + " assumed")
                : Optional.empty());
    confirm(list, state);
    list.checkEach(
        "router_shard_ids",
        "no router knows a shard id that is not handed out yet",
        state.routers(),
        url -> adopted(url, map -> unknownIds(url, map, state.nextId())));
    if (kind == MigrationKind.DRAIN) {
      list.checkEach(
          "routers_see_leaving",
          "every registered router knows leaving shards",
          state.routers(),
          this::blindToLeaving);
    }
  }

  /** Whether every registered router works with the newest map. */
  void confirm(Checklist list, ClusterState state) throws InterruptedException {
    list.checkEach(
        "routers_confirm",
        "every registered router works with map version " + name(state.map().version()),
        state.routers(),
        url ->
            adopted(url, map -> RoutersBarrier.difference(map, state.map()))
                .map(text -> "router " + url + " " + text));
  }

  private Optional<String> adopted(String url, Function<ShardMap, Optional<String>> look)
      throws InterruptedException {
    try {
      return look.apply(routers.adoptedMap(url));
    } catch (RouterException e) {
      return Optional.of("does not say which map it has: " + e.getMessage());
    }
  }

  private static Optional<String> unknownIds(String url, ShardMap map, long nextId) {
    long free = map.lowestFreeId();
    return Long.compareUnsigned(free, nextId) > 0
        ? Optional.of(
            "router "
                + url
                + " knows a shard "
                + name(free - 1)
                + ", which this ensemble has not handed out: it follows another coordinator, or"
                + " this one lost its state; restore a backup with min_next_id "
                + name(free))
        : Optional.empty();
  }

  private Optional<String> blindToLeaving(String url) throws InterruptedException {
    try {
      return routers.knowsLeaving(url)
          ? Optional.empty()
          : Optional.of(
              "router "
                  + url
                  + " does not know leaving shards (as 0.27.0): it would continue to write"
                  + " to the"
                  + " leaving shard alone; upgrade it");
    } catch (RouterException e) {
      return Optional.of("router " + url + ": " + e.getMessage());
    }
  }

  private static String name(long unsigned) {
    return Long.toUnsignedString(unsigned);
  }
}
