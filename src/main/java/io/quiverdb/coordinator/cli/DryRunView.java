// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a dry run as text. */
final class DryRunView {
  static final String WOULD_BE_REFUSED = "it would be refused";

  private DryRunView() {}

  /** Of the start of a migration. */
  static List<String> lines(Session session, JsonNode found) {
    return lines(session, found, verdict(found));
  }

  /** Of any change, with the last line. */
  static List<String> lines(Session session, JsonNode found, String verdict) {
    Table checks = new Table("CHECK", "OK", "DETAIL");
    for (JsonNode check : found.path("checks")) {
      checks.row(
          List.of(
              MapView.plain(Session.cell(check, "name")),
              ok(Session.cell(check, "ok")),
              MapView.plain(Session.cell(check, "detail"))));
    }
    List<String> lines = new ArrayList<>(session.lines(checks));
    if (!found.path("moves").isEmpty()) {
      Table transfers = new Table("COLLECTION", "FROM", "TO", "POINTS", "BYTES", "ESTIMATED");
      for (JsonNode transfer : found.path("moves")) {
        transfers.row(
            Session.cell(transfer, "collection"),
            Session.cell(transfer, "from"),
            Session.cell(transfer, "to"),
            Session.cell(transfer, "points"),
            Session.cell(transfer, "bytes"),
            Session.cell(transfer, "estimated"));
      }
      lines.add("");
      lines.addAll(session.lines(transfers));
    }
    long leftOut = found.path("moves_left_out").asLong();
    if (leftOut > 0) {
      lines.add(String.format(Locale.ROOT, "and %,d moves more, not listed", leftOut));
    }
    lines.add("");
    lines.add(verdict);
    return lines;
  }

  private static Cell ok(String text) {
    return switch (text) {
      case "yes" -> new Cell(text, CellStyle.GOOD);
      case "no" -> new Cell(text, CellStyle.BAD);
      default -> new Cell("not run", CellStyle.DOUBTFUL);
    };
  }

  private static String verdict(JsonNode found) {
    if (!found.path("accepted").asBoolean()) {
      return WOULD_BE_REFUSED;
    }
    JsonNode seconds = found.path("estimated_seconds");
    return seconds.isNumber()
        ? String.format(Locale.ROOT, "it would take about %,d s", seconds.asLong())
        : "it could start";
  }
}
