// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code backup}. */
@Command(
    name = "backup",
    description = "Writes the map, the counters and the routers to a file or to standard output.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator backup /var/backups/quiver-coordinator.json",
      "  quiver-coordinator backup | gzip > backup.json.gz"
    })
final class BackupCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description =
          "An older file is replaced, a link is followed, a pipe is written to; \"-\", the default:"
              + " standard output.")
  private String file = "-";

  BackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    RestAnswer backup = session.get("/cluster/backup");
    if (file.equals("-")) {
      session.around().out().println(backup.text());
      session.around().out().flush();
    } else {
      write(Path.of(file), backup.text());
      session
          .around()
          .err()
          .println(
              "wrote map version "
                  + Session.cell(backup.json().path("map"), "version")
                  + " to "
                  + file);
    }
    return ExitCode.OK;
  }

  private static void write(Path file, String text) throws CommandFailure {
    try {
      new ResultFile(file).write(text + "\n");
    } catch (IOException e) {
      throw new CommandFailure("Cannot write " + file + ": " + e, "The cluster is" + " unchanged.");
    }
  }
}
