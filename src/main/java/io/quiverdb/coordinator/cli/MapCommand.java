// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code map}. */
@Command(
    name = "map",
    description = "Prints the shard map that routers adopt.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator map",
      "  quiver-coordinator map --consistency linearizable -o json"
    })
final class MapCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--consistency",
      paramLabel = "KIND",
      description = "local: what the member serves to routers; linearizable: the latest.")
  private Consistency consistency = Consistency.LOCAL;

  /** How fresh the map must be. */
  enum Consistency {
    LOCAL,
    LINEARIZABLE
  }

  MapCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    String kind = RestRequest.encoded(consistency.name().toLowerCase(Locale.ROOT));
    session.print(
        session.get("/cluster/map?consistency=" + kind), map -> MapView.lines(session, map));
    return ExitCode.OK;
  }
}
