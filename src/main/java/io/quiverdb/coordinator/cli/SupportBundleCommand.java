// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.doctor.Examination;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.EveryMember;
import io.quiverdb.coordinator.cli.rest.MemberFound;
import io.quiverdb.coordinator.cli.support.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code support-bundle}. */
@Command(
    name = "support-bundle",
    description = {
      "Writes the data of every member into one ZIP archive, to find a fault"
          + " from another place. It needs no quorum, and contains no secret;"
          + " configurations and threads require an admin key. Read it before you give"
          + " it away: it names hosts, collections and the ids of keys."
    },
    footer = {
      "",
      "Exit codes: 0 written; 1 not written, or no member answered; 2 wrong usage.",
      "",
      "Examples:",
      "  quiver-coordinator support-bundle support.zip",
      "  quiver-coordinator support-bundle support.zip --log /var/log/quiver-coordinator.log"
    })
final class SupportBundleCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "FILE", description = "It is made for its owner only (mode 0600).")
  private Path file = Path.of("");

  @Option(names = "--force", description = "Replace FILE if it is there.")
  private boolean force;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "A log file of this machine: its last 8 MiB, without what looks like a secret.")
  private List<Path> logs = new ArrayList<>();

  SupportBundleCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (Files.isRegularFile(file) && !force) {
      throw new CommandFailure(
          "Not written: " + file + " is there already", "Name another file, or give --force.");
    }
    EveryMember.Asking asking = session.asking();
    Clock clock = Clock.systemUTC();
    List<Endpoint> named = session.endpoints();
    List<MemberFound> found = new EveryMember(asking, clock).from(named);
    Bundle bundle = new Bundle(asking, clock, session.secrets(), new Version().getVersion()[0]);
    bundle.gather(found);
    bundle.add(
        "doctor.json", DoctorCommand.document(new Examination(asking, clock).of(named, found)));
    for (Path log : logs) {
      add(bundle, log);
    }
    write(bundle.finished());
    session.around().err().println("wrote what " + members(bundle.answered()) + " to " + file);
    if (bundle.answered() > 0 && !bundle.diagnosed()) {
      session
          .around()
          .err()
          .println("configurations and threads are missing: they take an admin key");
    }
    return bundle.answered() == 0 ? ExitCode.FAILED : ExitCode.OK;
  }

  private static String members(int answered) {
    return answered == 1 ? "1 member tells" : answered + " members tell";
  }

  private static void add(Bundle bundle, Path log) throws CommandFailure {
    try {
      bundle.addLog(log);
    } catch (IOException e) {
      throw new CommandFailure("Cannot read " + log + ": " + e, "Nothing was written.");
    }
  }

  private void write(byte[] archive) throws CommandFailure {
    try {
      new ResultFile(file).writePrivately(archive);
    } catch (IOException e) {
      throw new CommandFailure("Cannot write " + file + ": " + e, "Nothing was changed.");
    }
  }
}
