// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** The shard map as text. */
final class MapView {
  private MapView() {}

  static List<String> lines(Session session, JsonNode map) {
    Table table = new Table("SHARD", "STATE", "PRIMARY", "REPLICAS");
    for (JsonNode shard : map.path("shards")) {
      table.row(
          List.of(
              plain(Session.cell(shard, "id")),
              state(stateOf(map, shard.path("id"))),
              plain(Session.cell(shard, "primary_url")),
              plain(replicas(shard))));
    }
    List<String> lines = new ArrayList<>();
    lines.add("map version " + Session.cell(map, "version"));
    lines.addAll(session.lines(table));
    return lines;
  }

  /** The URLs of a shard's replicas. */
  static String replicas(JsonNode shard) {
    List<String> urls = new ArrayList<>();
    shard.path("replica_urls").forEach(url -> urls.add(url.asText()));
    return String.join(" ", urls);
  }

  /** A shard's state as a cell. */
  static Cell state(String state) {
    return new Cell(state, state.equals("active") ? CellStyle.PLAIN : CellStyle.DOUBTFUL);
  }

  static Cell plain(String text) {
    return new Cell(text, CellStyle.PLAIN);
  }

  /** The health of something as a cell. */
  static Cell healthy(JsonNode object) {
    String text = Session.cell(object, "healthy");
    return new Cell(text, text.equals("no") ? CellStyle.BAD : CellStyle.PLAIN);
  }

  private static String stateOf(JsonNode map, JsonNode id) {
    if (has(map.path("joining"), id)) {
      return "joining";
    }
    return has(map.path("leaving"), id) ? "leaving" : "active";
  }

  private static boolean has(JsonNode ids, JsonNode id) {
    for (JsonNode each : ids) {
      if (each.asText().equals(id.asText())) {
        return true;
      }
    }
    return false;
  }
}
