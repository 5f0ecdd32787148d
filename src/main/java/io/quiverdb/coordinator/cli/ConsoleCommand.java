// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code console}. */
@Command(
    name = "console",
    description = "Prints the URL of the console at each member that is named.",
    footer = {"", "Example:", "  xdg-open $(quiver-coordinator console)"})
final class ConsoleCommand implements Callable<Integer> {
  private final Session session;

  ConsoleCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws CommandFailure {
    ObjectNode result = Session.object();
    ArrayNode urls = result.putArray("consoles");
    for (Endpoint member : session.endpoints()) {
      urls.add(member.base() + "/console");
    }
    session.print(result, ConsoleCommand::lines);
    return ExitCode.OK;
  }

  private static List<String> lines(JsonNode result) {
    List<String> lines = new ArrayList<>();
    result.path("consoles").forEach(url -> lines.add(url.asText()));
    return lines;
  }
}
