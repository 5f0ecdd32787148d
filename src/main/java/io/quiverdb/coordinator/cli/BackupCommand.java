package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
      description = "An older file is replaced; \"-\", the default: standard output.")
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

  /** An older backup is replaced only by a whole one. */
  private static void write(Path file, String text) throws CommandFailure {
    Path target = file.toAbsolutePath();
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.writeString(part, text + "\n");
      move(part, target);
    } catch (IOException e) {
      throw new CommandFailure("Cannot write " + file + ": " + e, "The cluster is as it was.");
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
