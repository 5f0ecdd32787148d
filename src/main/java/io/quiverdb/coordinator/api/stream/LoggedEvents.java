// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.WithoutSecrets;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.HistoryEntry;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.PhaseEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The events from the log, read from the replicated state: from its history, and from the phases of
 * its migrations. Members that have applied the same entries have equal states, so all of them give
 * the same events the same ids.
 */
final class LoggedEvents {
  /** The commands that change the list of members, their addresses or votes. */
  static final Set<String> ABOUT_MEMBERS =
      Set.of(
          "record_members",
          "add_member",
          "remove_member",
          "replace_member",
          "set_member_address",
          "finish_member_step",
          "admit_member");

  private static final String ACCEPTED = "accepted";

  private LoggedEvents() {}

  /** An event that is not rendered yet. */
  private record Draft(String kind, ObjectNode data) {}

  /** The events after a position in the log, in order. */
  static List<Logged> after(ClusterState state, EventId place) {
    Map<Long, List<Draft>> byEntry = new TreeMap<>();
    List<HistoryEntry> changes = state.history().since(place.next() - 1);
    for (HistoryEntry entry : changes) {
      drafts(byEntry, entry.index()).add(change(entry, "change"));
    }
    for (Migration migration : migrations(state.migrations(), place.next())) {
      for (PhaseEntry step : migration.steps()) {
        if (step.index() >= place.next()) {
          drafts(byEntry, step.index()).add(phase(migration, step));
        }
      }
    }
    for (HistoryEntry entry : changes) {
      if (aboutMembers(entry)) {
        drafts(byEntry, entry.index()).add(change(entry, "members"));
      }
    }
    List<Logged> events = new ArrayList<>();
    byEntry.forEach((index, drafts) -> number(index, drafts, place, events));
    return events;
  }

  private static List<Draft> drafts(Map<Long, List<Draft>> byEntry, long index) {
    return byEntry.computeIfAbsent(index, i -> new ArrayList<>());
  }

  private static void number(long index, List<Draft> drafts, EventId place, List<Logged> events) {
    int seen = index == place.index() ? place.seen() : 0;
    for (int i = seen; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      EventId id = new EventId(index, i == drafts.size() - 1 ? 0 : i + 1);
      events.add(new Logged(id, Frame.of(id.text(), draft.kind(), Json.bytes(draft.data()))));
    }
  }

  /**
   * The log index after which the state still has all events that a client at this position lacks;
   * older ones were partly dropped. -1 if it has all.
   */
  static long completeBehind(ClusterState state, EventId place) {
    long behind = -1;
    List<HistoryEntry> entries = state.history().entries();
    if (entries.size() >= History.CAPACITY) {
      behind = entries.get(0).index();
    }
    Migrations migrations = state.migrations();
    if (migrations.finished().size() >= Migrations.KEPT) {
      Migration oldest = migrations.finished().firstEntry().getValue();
      behind = Math.max(behind, oldest.steps().get(0).index() - 1);
    }
    for (Migration migration : migrations(migrations, place.next())) {
      if (migration.steps().size() >= Migration.MAX_STEPS) {
        behind = Math.max(behind, migration.steps().get(1).index() - 1);
      }
    }
    return behind;
  }

  /** The migrations that entered a phase since this entry, oldest first. */
  private static Deque<Migration> migrations(Migrations all, long from) {
    Deque<Migration> found = new ArrayDeque<>();
    all.active().ifPresent(found::addFirst);
    for (Migration migration : all.finished().descendingMap().values()) {
      if (last(migration) < from) {
        break;
      }
      found.addFirst(migration);
    }
    return found;
  }

  private static long last(Migration migration) {
    return migration.steps().get(migration.steps().size() - 1).index();
  }

  private static boolean aboutMembers(HistoryEntry entry) {
    return entry.outcome().startsWith(ACCEPTED)
        && ABOUT_MEMBERS.contains(entry.command().split(" ", 2)[0]);
  }

  private static Draft change(HistoryEntry entry, String kind) {
    ObjectNode data = head(entry.index(), entry.epochMillis(), kind);
    data.put("term", entry.term());
    WithoutSecrets.write(entry, data);
    return new Draft(kind, data);
  }

  private static Draft phase(Migration migration, PhaseEntry step) {
    String kind = "migration";
    ObjectNode data = head(step.index(), step.epochMillis(), kind);
    data.put("term", step.term());
    data.put("node", step.node());
    ObjectNode about = data.putObject("migration");
    about.set("id", JsonValues.u64(migration.id()));
    about.put("kind", migration.plan().kind().wireName());
    about.set("shard_id", JsonValues.u64(migration.plan().shardId()));
    about.put("target_url", migration.plan().url());
    about.put("origin", migration.origin().wireName());
    about.put("phase", step.phase().name());
    about.put("state", MigrationState.in(step.phase()).wireName());
    return new Draft(kind, data);
  }

  /** The common part of every event. */
  static ObjectNode head(long index, long epochMillis, String kind) {
    return Json.MAPPER
        .createObjectNode()
        .put("index", index)
        .put("time", JsonValues.time(epochMillis))
        .put("kind", kind);
  }

  /** An event of the log. */
  record Logged(EventId id, Frame frame) {}
}
