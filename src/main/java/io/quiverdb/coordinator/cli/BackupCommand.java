// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backup}. */
@Command(
    name = "backup",
    description = "Writes the map, the counters and the routers to a file or to standard output.",
    footer = {
      "",
      "With --cluster, each shard also writes a snapshot of all its points to its own disk, below",
      "DIR, one shard after another. A shard takes no requests meanwhile. Nothing may move points",
      "until the end. FILE is written when all snapshots are done.",
      "Exit code with --cluster: 0 it is done, 4 it failed or was stopped, and FILE is as before.",
      "",
      "Examples:",
      "  quiver-coordinator backup /var/backups/quiver-coordinator.json",
      "  quiver-coordinator backup | gzip > backup.json.gz",
      "  quiver-coordinator backup --cluster /var/backups/quiver map.json"
    })
final class BackupCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = STDOUT,
      description =
          "An older file is replaced, a link is followed, a pipe is written to; \"-\", the default:"
              + " standard output.")
  private String file = STDOUT;

  @Option(
      names = "--cluster",
      paramLabel = "DIR",
      description = "An absolute path on the disk of each shard, outside of its data directory.")
  private @Nullable String directory;

  @Option(
      names = "--shard-timeout",
      paramLabel = "SECONDS",
      description = "With --cluster: how long one shard may take. Else an hour.")
  private @Nullable UnsignedNumber timeout;

  @Mixin private ChangeOptions change = new ChangeOptions();

  BackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (directory != null) {
      return cluster(directory);
    }
    RestAnswer backup = session.get("/cluster/backup");
    if (file.equals(STDOUT)) {
      session.around().out().println(backup.text());
      session.around().out().flush();
    } else {
      write(session, file, backup);
    }
    return ExitCode.OK;
  }

  private int cluster(String destination) throws Exception {
    if (file.equals(STDOUT)) {
      throw CommandFailure.usage("--cluster needs FILE, for the map that belongs to the snapshots");
    }
    ObjectNode body = Session.object().put("destination", destination);
    UnsignedNumber.put(body, "timeout_seconds", timeout);
    RestAnswer begun = session.change(change, "POST", BackupsCommand.PATH, body);
    PatientReads reads = new PatientReads(session);
    RestAnswer ended = BackupsCommand.awaitEnd(reads, begun);
    session.print(ended, backup -> ClusterBackupView.lines(session, backup));
    if (!Session.cell(ended.json(), "state").equals("done")) {
      return ExitCode.UNFINISHED;
    }
    String path = BackupsCommand.PATH + "/" + Session.cell(ended.json(), "id") + "/document";
    // Another member may not have seen the end yet, and would refuse.
    write(session, file, reads.ask(RestRequest.get(path)));
    return ExitCode.OK;
  }

  static void write(Session session, String file, RestAnswer backup) throws CommandFailure {
    try {
      new ResultFile(Path.of(file)).write(backup.text() + "\n");
    } catch (IOException e) {
      throw new CommandFailure("Cannot write " + file + ": " + e, "The cluster is unchanged.");
    }
    session
        .around()
        .err()
        .println(
            "wrote map version "
                + Session.cell(backup.json().path("map"), "version")
                + " to "
                + file);
  }
}
