// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A sweep for people. */
final class SweepView {
  private SweepView() {}

  /** Whether the sweep of a check goes on. */
  static boolean isActive(JsonNode check) {
    String state = Session.cell(check.path("sweep"), "state");
    return state.equals("running") || state.equals("stopping");
  }

  /** How the sweep of a check stands. */
  static String line(JsonNode check) {
    JsonNode sweep = check.path("sweep");
    return "sweep of check "
        + Session.cell(check, "id")
        + ": "
        + Session.cell(sweep, "state")
        + ", "
        + removed(sweep)
        + behind(sweep, "error", ": ")
        + behind(sweep, "waiting_for", "; waits for ");
  }

  private static String removed(JsonNode counts) {
    return Session.cell(counts, "removed")
        + " points removed, "
        + Session.cell(counts, "spilled")
        + " of them kept in spill files";
  }

  private static String behind(JsonNode sweep, String field, String link) {
    String text = Session.cell(sweep, field);
    return text.equals("-") ? "" : link + text;
  }

  /** The sweep of a check, and where it removed what. */
  static List<String> lines(Session session, JsonNode check) {
    List<String> lines = new ArrayList<>();
    lines.add(line(check));
    table(session, check.path("sweep"), lines);
    return lines;
  }

  /** What a sweep would do. */
  static List<String> dryRun(Session session, JsonNode would) {
    List<String> lines = new ArrayList<>();
    lines.add("would be: " + removed(would));
    table(session, would, lines);
    return lines;
  }

  private static void table(Session session, JsonNode sweep, List<String> lines) {
    Table table = new Table("COLLECTION", "SHARD", "REMOVED", "SPILLED");
    for (JsonNode collection : sweep.path("collections")) {
      for (JsonNode shard : collection.path("shards")) {
        row(table, Session.cell(collection, "name"), Session.cell(shard, "id"), shard);
      }
    }
    JsonNode others = sweep.path("others");
    if (others.path("removed").asLong() > 0) {
      row(table, "(others)", "-", others);
    }
    if (!sweep.path("collections").isEmpty()) {
      lines.addAll(session.lines(table));
    }
  }

  private static void row(Table table, String collection, String shard, JsonNode counts) {
    table.row(collection, shard, Session.cell(counts, "removed"), Session.cell(counts, "spilled"));
  }
}
