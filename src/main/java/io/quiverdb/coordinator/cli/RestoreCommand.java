// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code restore}. */
@Command(
    name = "restore",
    description = "Replaces the map, the counters and the routers by those of a backup.",
    footer = {
      "",
      "The map version becomes higher than every one known, so that all routers adopt it.",
      "",
      "Example:",
      "  quiver-coordinator restore /var/backups/quiver-coordinator.json --yes"
    })
final class RestoreCommand implements Callable<Integer> {
  /** The limit of the server. */
  private static final int MAX_BYTES = 3 << 20;

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "A backup; \"-\": standard input.")
  private String file = "-";

  @Option(
      names = "--min-version",
      paramLabel = "VERSION",
      description = "A map version that some router may have adopted: the new one is above it.")
  private @Nullable UnsignedNumber minVersion;

  @Option(
      names = "--min-next-id",
      paramLabel = "ID",
      description = "The next shard id is at least this one.")
  private @Nullable UnsignedNumber minNextId;

  @Mixin private ChangeOptions change = new ChangeOptions();
  @Mixin private Confirmation consent = new Confirmation();

  RestoreCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    String backup =
        DocumentText.named(
            file,
            session.around(),
            MAX_BYTES,
            () ->
                new CommandFailure(
                    "Cannot restore " + file + ": it is larger than 3 MiB",
                    "Is it the right file? If it was pretty-printed, \"jq -c .\" removes the"
                        + " blanks."));
    consent.require(
        session.around(),
        "Replace the shard map and the registered routers by those of " + file + "?");
    session.print(
        session.change(change, "POST", "/cluster/restore" + query(), backup),
        map -> MapView.lines(session, map));
    return ExitCode.OK;
  }

  private String query() {
    List<String> parameters = new ArrayList<>();
    if (minVersion != null) {
      parameters.add("min_version=" + minVersion);
    }
    if (minNextId != null) {
      parameters.add("min_next_id=" + minNextId);
    }
    return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
  }
}
