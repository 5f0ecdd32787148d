// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import io.quiverdb.coordinator.model.GrowthObstacle.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the replicated state says against the addition of a standby by the leader. */
public final class GrowthObstacles {
  private GrowthObstacles() {}

  /**
   * All of it, in the order in which an operator should read it.
   *
   * @param countedMillis the counted time of now
   */
  public static List<GrowthObstacle> of(ClusterState state, long countedMillis) {
    List<GrowthObstacle> found = new ArrayList<>();
    Growth growth = state.growth();
    GrowthMode mode = growth.policy().map(GrowthPolicy::mode).orElse(GrowthMode.OFF);
    if (mode != GrowthMode.AUTOMATIC) {
      found.add(new GrowthObstacle(Kind.MODE, "the policy has mode " + mode.wireName()));
    }
    underWay(state, found);
    failed(state, found);
    cooldown(growth, countedMillis, found);
    size(state.map(), growth, found);
    if (growth.next().isEmpty()) {
      found.add(new GrowthObstacle(Kind.NO_STANDBY, "no standby is left in the pool"));
    }
    return found;
  }

  private static void underWay(ClusterState state, List<GrowthObstacle> found) {
    state
        .migrations()
        .active()
        .ifPresent(
            active ->
                found.add(
                    new GrowthObstacle(
                        Kind.MIGRATION, numbered("migration", active.id(), "is active"))));
    ShardMap map = state.map();
    if (state.migrations().active().isEmpty()) {
      Stream.concat(map.joining().stream(), map.leaving().stream())
          .findFirst()
          .ifPresent(
              id ->
                  found.add(
                      new GrowthObstacle(
                          Kind.MEMBERSHIP,
                          numbered("shard", id, "joins or leaves without a migration"))));
    }
    state
        .plans()
        .active()
        .ifPresent(
            plan ->
                found.add(
                    new GrowthObstacle(
                        Kind.PLAN, numbered("plan", plan.id(), "is " + plan.state().wireName()))));
    state
        .checks()
        .running()
        .ifPresent(
            check ->
                found.add(
                    new GrowthObstacle(Kind.CHECK, numbered("check", check.id(), "is running"))));
    state
        .backups()
        .running()
        .ifPresent(
            backup ->
                found.add(
                    new GrowthObstacle(
                        Kind.BACKUP, numbered("backup", backup.id(), "is being taken"))));
    state
        .checks()
        .sweeping()
        .ifPresent(
            check ->
                found.add(
                    new GrowthObstacle(
                        Kind.SWEEP,
                        numbered(
                            "the sweep of check",
                            check.id(),
                            "is "
                                + check
                                    .sweep()
                                    .map(sweep -> sweep.state().wireName())
                                    .orElse("")))));
  }

  private static void failed(ClusterState state, List<GrowthObstacle> found) {
    Migrations migrations = state.migrations();
    Optional.ofNullable(migrations.finished().get(migrations.nextId() - 1))
        .filter(last -> Long.compareUnsigned(last.id(), state.growth().sinceMigration()) >= 0)
        .filter(last -> last.phase() != Phase.DONE)
        .ifPresent(
            last ->
                found.add(
                    new GrowthObstacle(
                        Kind.LAST_MIGRATION,
                        numbered("migration", last.id(), "ended " + last.state().wireName())
                            + last.error().map(error -> ": " + error).orElse("")
                            + "; put the policy anew when that is understood")));
    List<ClusterPlan> plans = state.plans().all();
    if (!plans.isEmpty() && plans.get(plans.size() - 1).state() == ClusterPlan.State.STOPPED) {
      ClusterPlan last = plans.get(plans.size() - 1);
      found.add(
          new GrowthObstacle(
              Kind.STOPPED_PLAN, numbered("plan", last.id(), "stopped; resume it, or cancel it")));
    }
  }

  private static void cooldown(Growth growth, long countedMillis, List<GrowthObstacle> found) {
    long left = growth.cooldownEndMillis().orElse(countedMillis) - countedMillis;
    if (left > 0) {
      found.add(
          new GrowthObstacle(
              Kind.COOLDOWN, "the cooldown goes on for " + (left + 999) / 1_000 + " s"));
    }
  }

  private static void size(ShardMap map, Growth growth, List<GrowthObstacle> found) {
    int most = growth.policy().map(GrowthPolicy::maxShards).orElse(0);
    if (most > 0 && map.shards().size() >= most) {
      found.add(
          new GrowthObstacle(
              Kind.MAX_SHARDS,
              "the cluster has " + map.shards().size() + " shards, and the policy allows " + most));
    }
  }

  private static String numbered(String what, long id, String how) {
    return what + " " + Unsigned.text(id) + " " + how;
  }
}
