// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code spills}. */
@Command(
    name = "spills",
    description = {
      "Lists the spill files of all members, or prints one: the points that a migration removed"
          + " from their old shard although the new one lacked them or had another version."
    },
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator spills",
      "  quiver-coordinator spills migration-3-c1.jsonl > migration-3-c1.jsonl"
    })
final class SpillsCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/spills";

  private final Session session;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Of a file: its lines go to standard output, from all members that have one.")
  private String name = "";

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "Only the file of this member; needed when another one does not answer.")
  private String node = "";

  SpillsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (name.isEmpty()) {
      session.print(session.get(PATH), this::lines);
      return ExitCode.OK;
    }
    String query = node.isEmpty() ? "" : "?node=" + RestRequest.encoded(node);
    session
        .around()
        .out()
        .print(session.get(PATH + "/" + RestRequest.encoded(name) + query).text());
    session.around().out().flush();
    return ExitCode.OK;
  }

  private List<String> lines(JsonNode found) {
    Table table = new Table("FILE", "NODE", "BYTES", "CHANGED");
    for (JsonNode spill : found.path("spills")) {
      table.row(
          Session.cell(spill, "name"),
          Session.cell(spill, "node"),
          Session.cell(spill, "bytes"),
          Session.cell(spill, "changed_at"));
    }
    List<String> lines = new ArrayList<>(session.lines(table));
    for (JsonNode member : found.path("unreachable")) {
      lines.add("no answer from " + member.asText() + ": it may have more");
    }
    return lines;
  }
}
