// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Alarms about migrations. */
final class MigrationAlarms {
  private MigrationAlarms() {}

  static List<Alarm> of(ClusterState state) {
    List<Alarm> raised = new ArrayList<>();
    Migrations migrations = state.migrations();
    migrations
        .active()
        .filter(Migration::holds)
        .ifPresent(
            migration -> raised.add(new Alarm("migration_holding", "warning", holding(migration))));
    migrations.finished().values().forEach(migration -> leftDirty(state, migration, raised));
    migrations.active().ifPresent(migration -> leftDirty(state, migration, raised));
    migrations.finished().values().stream()
        .reduce((earlier, later) -> later)
        .flatMap(MigrationAlarms::notCool)
        .ifPresent(raised::add);
    if (migrations.active().isEmpty()) {
      byHand(state.map(), raised);
    }
    return raised;
  }

  private static String holding(Migration migration) {
    Optional<WaitingOn> waiting = migration.waitingOn();
    return "migration "
        + migration.id()
        + " holds in phase "
        + migration.phase()
        + waiting.map(on -> ": waits for " + on.what() + ": " + on.detail()).orElse("");
  }

  /**
   * Adds alarms for the last migration that ended. The next migration rebuilds the donors' indexes
   * anyway.
   */
  private static Optional<Alarm> notCool(Migration last) {
    return last.error()
        .filter(text -> last.phase() == Phase.DONE)
        .map(
            text ->
                new Alarm(
                    "cooling_timed_out",
                    "warning",
                    "migration " + last.id() + " is done, but " + text));
  }

  private static void leftDirty(ClusterState state, Migration migration, List<Alarm> raised) {
    for (String url : overtaken(state, migration) ? List.<String>of() : migration.leftDirty()) {
      if (!foundEmptyAfter(state.migrations(), migration, url)) {
        raised.add(
            new Alarm(
                "left_dirty",
                "warning",
                "migration "
                    + migration.id()
                    + " left "
                    + url
                    + copies(state.map(), migration, url)));
      }
    }
  }

  /** Whether kept copies are resolved: they are authoritative by now, or have been removed. */
  private static boolean overtaken(ClusterState state, Migration migration) {
    boolean drain = migration.plan().kind() == MigrationKind.DRAIN;
    boolean besides = migration.phase() == (drain ? Phase.REVERTED : Phase.DONE);
    if (!migration.keepCopies() || !besides) {
      return false;
    }
    long mover = migration.plan().shardId();
    return state.map().shard(mover).isEmpty()
        || (drain
            && state.migrations().finished().tailMap(migration.id() + 1).values().stream()
                .anyMatch(
                    later ->
                        later.plan().shardId() == mover
                            && later.phase() == Phase.REVERTED
                            && later.leftDirty().isEmpty()));
  }

  /** What the shard may still have, and what to do about it: some of it may be the only copy. */
  private static String copies(ShardMap map, Migration migration, String url) {
    if (migration.keepCopies() && migration.skipped().isEmpty()) {
      return kept(migration);
    }
    if (migration.keepCopies()) {
      return " with copies that may be the only ones, for it did not wait for shard "
          + migration.skipped().stream().map(Unsigned::text).collect(Collectors.joining(", "))
          + ": delete none of them before that is back; when it is, the way to remove them is in"
          + " docs/migration.md, A shard that never comes back";
    }
    return map.shards().stream().anyMatch(shard -> shard.primaryUrl().equals(url))
        ? " behind, which may still hold copies of points that others own, and searches may show"
            + " them; it has points of its own as well: drain it before it is emptied"
        : " behind, which may still hold copies: empty it before it serves again";
  }

  private static String kept(Migration migration) {
    String mover =
        "shard " + Unsigned.text(migration.plan().shardId()) + " (" + migration.plan().url() + ")";
    return migration.plan().kind() == MigrationKind.DRAIN
        ? " with copies of points of "
            + mover
            + ", because it was reverted with keep_copies. If that shard is lost, remove it"
            + " from the"
            + " map: its points are read from the copies then. If it serves, drain it again: points"
            + " that clients delete there stay in the copies until then"
        : " with copies of points of other shards, because it was reverted with keep_copies. If one of those has lost its points, restore them from here; else delete the copies"
            + " before it joins again";
  }

  /** Whether the shard has joined since: then it was checked to be empty. */
  private static boolean foundEmptyAfter(Migrations migrations, Migration migration, String url) {
    return migrations.finished().tailMap(migration.id() + 1).values().stream()
            .anyMatch(later -> joined(later, url))
        || migrations.active().filter(later -> joined(later, url)).isPresent();
  }

  private static boolean joined(Migration migration, String url) {
    return migration.plan().kind() == MigrationKind.GROW
        && migration.versionDuring().isPresent()
        && HttpUrl.parse(url).map(parsed -> parsed.names(migration.plan().url())).orElse(false);
  }

  private static void byHand(ShardMap map, List<Alarm> raised) {
    map.joining().forEach(id -> raised.add(byHand(id, "joining", "promote or remove it")));
    map.leaving().forEach(id -> raised.add(byHand(id, "leaving", "drain or remove it")));
  }

  private static Alarm byHand(long id, String how, String advice) {
    return new Alarm(
        "manual_membership",
        "warning",
        "shard "
            + Unsigned.text(id)
            + " is "
            + how
            + " without a migration, so that none can start: "
            + advice);
  }
}
