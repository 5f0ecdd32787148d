// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import io.quiverdb.coordinator.cli.doctor.Examination;
import io.quiverdb.coordinator.cli.doctor.Finding;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = {
      "Checks every member and the network between them and this machine: can"
          + " they be reached, do releases, clocks, names and certificates agree, is"
          + " the disk fast, do routers follow, what was left behind. Each line that"
          + " is not OK says what to do. Nothing is changed."
    },
    footer = {
      "",
      "Exit codes: 0 nothing failed, though there may be warnings; 1 something failed, or nobody",
      "answers; 2 wrong usage.",
      "",
      "Examples:",
      "  quiver-coordinator doctor --endpoint http://c1:6335,http://c2:6335,http://c3:6335",
      "  quiver-coordinator doctor --json"
    })
final class DoctorCommand implements Callable<Integer> {
  private final Session session;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    List<Finding> findings =
        new Examination(session.asking(), Clock.systemUTC()).of(session.endpoints());
    session.print(document(findings), this::lines);
    return worst(findings) == Finding.Level.FAIL ? ExitCode.FAILED : ExitCode.OK;
  }

  private static Finding.Level worst(List<Finding> findings) {
    return findings.stream()
        .map(Finding::level)
        .max(Comparator.naturalOrder())
        .orElse(Finding.Level.FAIL);
  }

  /** The findings as JSON. */
  static ObjectNode document(List<Finding> findings) {
    ObjectNode document = Session.object();
    document.put("result", name(worst(findings)));
    ArrayNode checks = document.putArray("checks");
    for (Finding finding : findings) {
      checks
          .addObject()
          .put("level", name(finding.level()))
          .put("check", finding.check())
          .put("about", finding.about())
          .put("detail", finding.detail())
          .put("action", finding.action());
    }
    return document;
  }

  private static String name(Finding.Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  private List<String> lines(JsonNode document) {
    Table table = new Table("RESULT", "CHECK", "ABOUT", "FOUND");
    for (JsonNode check : document.path("checks")) {
      String level = Session.cell(check, "level").toUpperCase(Locale.ROOT);
      String action = check.path("action").asText();
      table.row(
          List.of(
              new Cell(level, style(level)),
              MapView.plain(Session.cell(check, "check")),
              MapView.plain(Session.cell(check, "about")),
              MapView.plain(
                  Session.cell(check, "detail") + (action.isEmpty() ? "" : ". " + action))));
    }
    return session.lines(table);
  }

  private static CellStyle style(String level) {
    return switch (level) {
      case "OK" -> CellStyle.GOOD;
      case "WARN" -> CellStyle.DOUBTFUL;
      default -> CellStyle.BAD;
    };
  }
}
