// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** A check of the data for people. */
final class CheckView {
  private CheckView() {}

  static boolean isRunning(JsonNode check) {
    return Session.cell(check, "state").equals("running");
  }

  /** How many points are on a shard that does not own them by the map. */
  static long strays(JsonNode check) {
    long strays = 0;
    for (JsonNode count : check.path("result").path("strays")) {
      strays += count.asLong();
    }
    return strays;
  }

  static String line(JsonNode check) {
    String error = Session.cell(check, "error");
    return "check "
        + Session.cell(check, "id")
        + " of map version "
        + Session.cell(check, "map_version")
        + ": "
        + Session.cell(check, "state")
        + ", "
        + Session.cell(check.path("result"), "points")
        + " points, "
        + strays(check)
        + " on a shard that does not own them"
        + (error.equals("-") ? "" : ": " + error);
  }

  static List<String> lines(Session session, JsonNode check) {
    List<String> lines = new ArrayList<>();
    lines.add(line(check));
    JsonNode result = check.path("result");
    Table table =
        new Table("COLLECTION", "SHARD", "POINTS", "OWNED", "SAME", "DIFFERING", "ONLY COPY");
    for (JsonNode collection : result.path("collections")) {
      for (JsonNode shard : collection.path("shards")) {
        table.row(row(Session.cell(collection, "name"), Session.cell(shard, "id"), shard));
      }
    }
    JsonNode others = result.path("others");
    if (others.path("rows").asLong() > 0) {
      table.row(row("(others)", Session.cell(others, "rows") + " rows", others));
    }
    if (!result.path("collections").isEmpty()) {
      lines.addAll(session.lines(table));
    }
    for (JsonNode name : result.path("left_out")) {
      lines.add("not checked: " + name.asText() + ", which cannot be listed");
    }
    if (check.path("sweep").isObject()) {
      lines.addAll(SweepView.lines(session, check));
    }
    return lines;
  }

  private static List<Cell> row(String collection, String shard, JsonNode row) {
    JsonNode strays = row.path("strays");
    return List.of(
        MapView.plain(collection),
        MapView.plain(shard),
        MapView.plain(Session.cell(row, "points")),
        MapView.plain(Session.cell(row, "owned")),
        count(strays, "same", CellStyle.DOUBTFUL),
        count(strays, "differing", CellStyle.DOUBTFUL),
        count(strays, "only_copy", CellStyle.BAD));
  }

  private static Cell count(JsonNode strays, String field, CellStyle style) {
    return new Cell(
        Session.cell(strays, field), strays.path(field).asLong() > 0 ? style : CellStyle.PLAIN);
  }
}
