// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code history}. */
@Command(
    name = "history",
    description = "Prints the latest changes: who asked for what, when, and how it ended.",
    footer = {"", "Example:", "  quiver-coordinator history --since 812"})
final class HistoryCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--since",
      paramLabel = "INDEX",
      description = "Only changes after this log index.")
  private @Nullable UnsignedNumber since;

  HistoryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    String query = since == null ? "" : "?since=" + since;
    session.print(session.get("/cluster/history" + query), this::lines);
    return ExitCode.OK;
  }

  private List<String> lines(JsonNode answer) {
    Table table = new Table("INDEX", "TIME", "NODE", "KEY", "COMMAND", "OUTCOME");
    for (JsonNode entry : answer.path("history")) {
      table.row(
          Session.cell(entry, "index"),
          Session.cell(entry, "time"),
          Session.cell(entry, "node"),
          Session.cell(entry, "key_id"),
          Session.cell(entry, "command"),
          Session.cell(entry, "outcome"));
    }
    return session.lines(table);
  }
}
