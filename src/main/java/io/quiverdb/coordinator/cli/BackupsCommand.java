// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backups}. */
@Command(
    name = "backups",
    description = "Lists the last backups of the cluster, newest first.",
    footer = {
      "",
      "backup --cluster DIR FILE begins one.",
      "",
      "Examples:",
      "  quiver-coordinator backups",
      "  quiver-coordinator backups show 3",
      "  quiver-coordinator backups document 3 map.json"
    })
final class BackupsCommand implements Callable<Integer> {
  static final String PATH = "/cluster/backups";

  private final Session session;

  BackupsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return list();
  }

  @Command(name = "list", description = "Lists the last backups of the cluster, newest first.")
  int list() throws Exception {
    session.print(session.get(PATH), answer -> ClusterBackupView.list(session, answer));
    return ExitCode.OK;
  }

  @Command(name = "show", description = "Prints where the snapshots of a backup are.")
  int show(
      @Parameters(paramLabel = "ID", description = "The backup.") UnsignedNumber id,
      @Option(names = "--wait", description = "Return when it has ended.") boolean untilEnd)
      throws Exception {
    RestAnswer answer = session.get(PATH + "/" + id);
    RestAnswer shown = untilEnd ? awaitEnd(new PatientReads(session), answer) : answer;
    session.print(shown, backup -> ClusterBackupView.lines(session, backup));
    return switch (Session.cell(shown.json(), "state")) {
      case "failed", "stopped" -> ExitCode.UNFINISHED;
      default -> ExitCode.OK;
    };
  }

  @Command(
      name = "document",
      description = "Writes the map that belongs to the snapshots of a backup, to restore from.")
  int document(
      @Parameters(paramLabel = "ID", description = "The backup.") UnsignedNumber id,
      @Parameters(paramLabel = "FILE", description = "An older file is replaced.") String file)
      throws Exception {
    BackupCommand.write(session, file, session.get(PATH + "/" + id + "/document"));
    return ExitCode.OK;
  }

  @Command(
      name = "stop",
      description = "Stops a backup. A shard that writes just then goes on with that.")
  int stop(
      @Parameters(paramLabel = "ID", description = "The backup.") UnsignedNumber id,
      @Mixin ChangeOptions stopping)
      throws Exception {
    RestAnswer answer = session.change(stopping, "DELETE", PATH + "/" + id);
    session.print(answer, backup -> ClusterBackupView.lines(session, backup));
    return ExitCode.OK;
  }

  /** Waits until a backup has ended, and prints meanwhile how far it is. */
  static RestAnswer awaitEnd(PatientReads reads, RestAnswer begun)
      throws RestException, InterruptedException {
    return reads.follow(
        begun,
        PATH,
        backup -> Session.cell(backup, "state").equals("running"),
        ClusterBackupView::progress);
  }
}
