// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code status}. */
@Command(
    name = "status",
    description = "Prints the state of the ensemble, its shards and its routers.",
    footer = {
      "",
      "Example:",
      "  quiver-coordinator status --endpoint http://c1:6335,http://c2:6335,http://c3:6335"
    })
final class StatusCommand implements Callable<Integer> {
  private final Session session;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    session.print(session.get("/cluster/status"), this::lines);
    return ExitCode.OK;
  }

  private List<String> lines(JsonNode status) {
    List<String> lines = new ArrayList<>();
    Table summary =
        new Table("NODE", "ROLE", "READY", "LEADER", "TERM", "COMMIT", "APPLIED", "MAP", "ROUTERS");
    summary.row(
        Session.cell(status, "node"),
        Session.cell(status, "role"),
        Session.cell(status, "ready"),
        Session.cell(status, "leader"),
        Session.cell(status, "term"),
        Session.cell(status, "commit_index"),
        Session.cell(status, "applied_index"),
        Session.cell(status, "map_version"),
        routers(status.path("routers")));
    lines.addAll(session.lines(summary));
    lines.add("");
    lines.addAll(MembersView.lines(session, status, status.path("member_change")));
    lines.add("");
    lines.addAll(session.lines(shards(status)));
    if (!status.path("alarms").isEmpty()) {
      lines.add("");
      lines.addAll(session.lines(alarms(status)));
    }
    return lines;
  }

  /** The number of routers; the list has its own command. */
  private static String routers(JsonNode routers) {
    return routers.isArray() ? Integer.toString(routers.size()) : "-";
  }

  private static Table shards(JsonNode status) {
    Table table = new Table("SHARD", "STATE", "HEALTHY", "POINTS");
    for (JsonNode shard : status.path("shards")) {
      table.row(
          List.of(
              MapView.plain(Session.cell(shard, "id")),
              MapView.state(Session.cell(shard, "state")),
              MapView.healthy(shard),
              MapView.plain(Session.cell(shard, "points"))));
    }
    return table;
  }

  private static Table alarms(JsonNode status) {
    Table table = new Table("ALARM", "SEVERITY", "SINCE", "DETAIL");
    for (JsonNode alarm : status.path("alarms")) {
      String severity = Session.cell(alarm, "severity");
      table.row(
          List.of(
              MapView.plain(Session.cell(alarm, "code")),
              new Cell(severity, severity.equals("critical") ? CellStyle.BAD : CellStyle.DOUBTFUL),
              MapView.plain(Session.cell(alarm, "since")),
              MapView.plain(Session.cell(alarm, "detail"))));
    }
    return table;
  }
}
