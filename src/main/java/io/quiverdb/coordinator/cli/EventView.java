// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Events as people read them: a line each. */
final class EventView {
  private EventView() {}

  static List<String> lines(JsonNode event) {
    List<String> lines = new ArrayList<>();
    lines.add(line(event, text(event)));
    for (JsonNode alarm : event.path("alarms")) {
      lines.add(line(event, alarm(alarm)));
    }
    return lines;
  }

  private static String line(JsonNode event, String text) {
    return "%8s  %s  %-12s  %s"
        .formatted(
            Session.cell(event, "index"),
            Session.cell(event, "time"),
            Session.cell(event, "kind"),
            text.replaceAll("\\p{Cntrl}", "?"));
  }

  private static String text(JsonNode event) {
    return switch (Session.cell(event, "kind")) {
      case "migration" -> migration(event.path("migration"));
      case "leader" -> leader(event);
      case "standing" -> Session.cell(event, "node") + " answers; " + leader(event);
      case "alarm_raised", "alarm_ended" -> alarm(event);
      case "gap" -> Session.cell(event, "detail");
      default ->
          String.join(
              "  ",
              Session.cell(event, "node"),
              Session.cell(event, "key_id"),
              Session.cell(event, "command"),
              Session.cell(event, "outcome"));
    };
  }

  private static String migration(JsonNode migration) {
    return "migration %s (%s of shard %s): %s, %s"
        .formatted(
            Session.cell(migration, "id"),
            Session.cell(migration, "kind"),
            Session.cell(migration, "shard_id"),
            Session.cell(migration, "phase"),
            Session.cell(migration, "state"));
  }

  private static String leader(JsonNode event) {
    return event.path("leader").isTextual()
        ? event.path("leader").asText() + " leads in term " + Session.cell(event, "term")
        : "no member leads";
  }

  private static String alarm(JsonNode alarm) {
    return "%s %s: %s"
        .formatted(
            Session.cell(alarm, "severity"),
            Session.cell(alarm, "code"),
            Session.cell(alarm, "detail"));
  }
}
