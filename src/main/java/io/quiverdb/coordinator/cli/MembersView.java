// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** The members as text. */
final class MembersView {
  private MembersView() {}

  /** The members in a table, and the change under way. */
  static List<String> lines(Session session, JsonNode answer) {
    return lines(session, answer, answer.path("change"));
  }

  /**
   * The members in a larger answer.
   *
   * @param change the change of the members; missing or null if there is none
   */
  static List<String> lines(Session session, JsonNode answer, JsonNode change) {
    List<String> lines = new ArrayList<>(session.lines(table(answer)));
    lines.add("");
    lines.add("failure tolerance " + Session.cell(answer, "failure_tolerance"));
    if (change.isObject()) {
      lines.add(change(change));
    }
    return lines;
  }

  /** A change in one line. */
  static String change(JsonNode change) {
    String waits = Session.cell(change, "waiting_on");
    return Session.cell(change, "kind").replace('_', ' ')
        + " of member "
        + Session.cell(change, "id")
        + " since "
        + Session.cell(change, "since")
        + ", "
        + Session.cell(change, "step")
        + (waits.equals("-") ? "" : ", waits for " + waits);
  }

  private static Table table(JsonNode answer) {
    Table table =
        new Table("MEMBER", "ROLE", "VOTER", "HEALTHY", "MATCH INDEX", "LAG MS", "HTTP", "RAFT");
    for (JsonNode member : answer.path("members")) {
      String role = Session.cell(member, "role");
      String voter = Session.cell(member, "voter");
      table.row(
          List.of(
              MapView.plain(Session.cell(member, "id")),
              new Cell(role, role.equals("leader") ? CellStyle.GOOD : CellStyle.PLAIN),
              new Cell(voter, voter.equals("no") ? CellStyle.DOUBTFUL : CellStyle.PLAIN),
              MapView.healthy(member),
              MapView.plain(Session.cell(member, "match_index")),
              MapView.plain(Session.cell(member, "lag_ms")),
              MapView.plain(Session.cell(member, "http")),
              MapView.plain(Session.cell(member, "raft"))));
    }
    return table;
  }
}
