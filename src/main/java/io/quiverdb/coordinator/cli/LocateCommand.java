// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code locate}. */
@Command(
    name = "locate",
    description = {
      "Prints which shard has a point, by its id: the point need not exist.",
      "DONOR is the shard that still answers for it while it moves."
    },
    footer = {"", "Example:", "  quiver-coordinator locate user-4711"})
final class LocateCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "ID", description = "Of the point.")
  private String id = "";

  LocateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    session.print(session.get("/cluster/locate?point=" + RestRequest.encoded(id)), this::lines);
    return ExitCode.OK;
  }

  private List<String> lines(JsonNode found) {
    return session.lines(
        new Table("OWNER", "DONOR", "MAP VERSION")
            .row(
                Session.cell(found, "owner"),
                Session.cell(found, "donor"),
                Session.cell(found, "map_version")));
  }
}
