// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code members}. */
@Command(
    name = "members",
    description = "Lists the members of the ensemble, or moves their leadership.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator members",
      "  quiver-coordinator members transfer c2"
    })
final class MembersCommand implements Callable<Integer> {
  private final Session session;

  MembersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return list();
  }

  @Command(
      name = "list",
      description = "Prints each member with its role, whether it votes, and its health.")
  int list() throws Exception {
    session.print(session.get("/cluster/members"), answer -> lines(session, answer));
    return ExitCode.OK;
  }

  @Command(
      name = "transfer",
      description = "Moves the leadership, before the leader is stopped for example.")
  int transfer(
      @Parameters(
              paramLabel = "ID",
              arity = "0..1",
              defaultValue = "",
              description = "The member that shall lead; any other one if it is left out.")
          String to,
      @Mixin ChangeOptions change)
      throws Exception {
    ObjectNode body = Session.object();
    if (!to.isEmpty()) {
      body.put("to", to);
    }
    session.print(
        session.change(change, "POST", "/cluster/leader/transfer", body),
        answer -> List.of("leader " + Session.cell(answer, "leader")));
    return ExitCode.OK;
  }

  /** The members in a table. */
  static List<String> lines(Session session, JsonNode answer) {
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
    return session.lines(table);
  }
}
