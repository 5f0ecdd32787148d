package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.Alarms.Alarm;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an operator should look at about moves. */
final class MoveAlarms {
  private MoveAlarms() {}

  static List<Alarm> of(ClusterState state) {
    List<Alarm> raised = new ArrayList<>();
    Migrations migrations = state.migrations();
    migrations
        .active()
        .filter(Migration::holds)
        .ifPresent(move -> raised.add(new Alarm("migration_holding", "warning", holding(move))));
    migrations.finished().values().forEach(move -> leftDirty(migrations, move, raised));
    migrations.active().ifPresent(move -> leftDirty(migrations, move, raised));
    if (migrations.active().isEmpty()) {
      byHand(state.map(), raised);
    }
    return raised;
  }

  private static String holding(Migration move) {
    Optional<WaitingOn> waiting = move.waitingOn();
    return "migration "
        + move.id()
        + " holds in phase "
        + move.phase()
        + waiting.map(on -> ": waits for " + on.what() + ": " + on.detail()).orElse("");
  }

  private static void leftDirty(Migrations migrations, Migration move, List<Alarm> raised) {
    for (String url : move.leftDirty()) {
      if (!foundEmptyAfter(migrations, move, url)) {
        raised.add(
            new Alarm(
                "left_dirty",
                "warning",
                "migration "
                    + move.id()
                    + " did not wait for "
                    + url
                    + ", which may still hold copies: empty it before it serves again"));
      }
    }
  }

  /** A shard that joined later was checked to be empty before. */
  private static boolean foundEmptyAfter(Migrations migrations, Migration move, String url) {
    return migrations.finished().tailMap(move.id() + 1).values().stream()
            .anyMatch(later -> joined(later, url))
        || migrations.active().filter(later -> joined(later, url)).isPresent();
  }

  private static boolean joined(Migration move, String url) {
    return move.plan().kind() == MigrationKind.GROW
        && move.versionDuring().isPresent()
        && HttpUrl.parse(url).map(parsed -> parsed.names(move.plan().url())).orElse(false);
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
            + Long.toUnsignedString(id)
            + " is "
            + how
            + " without a migration, so that none can start: "
            + advice);
  }
}
