// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recover}. */
@Command(
    name = "recover",
    description = {
      "Reads a backup from the data directory of a stopped member.",
      "For a permanent loss of a majority: no server is needed, and nothing is",
      "written into the directory. The result is for restore."
    },
    footer = {
      "",
      "Exit codes: 0 read; 3 damaged, and the place; 1 in use, not readable, or not written;",
      "2 wrong usage.",
      "",
      "Examples:",
      "  quiver-coordinator recover /var/lib/quiver-coordinator --out recovered.json",
      "  quiver-coordinator restore recovered.json --min-version 57"
    })
final class RecoverCommand implements Callable<Integer> {
  private static final int DAMAGED = 3;

  private final CliEnvironment around;
  private final RecoverRunner runner;

  @Parameters(paramLabel = "DATA_DIR", description = "The member's node.data_dir.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "An older file is replaced. Without it: standard output.")
  private @Nullable Path out;

  @Option(
      names = "--committed-only",
      description = "Leaves out the entries that are not known to be committed.")
  private boolean committedOnly;

  @Option(
      names = "--partial",
      description = "Writes what is readable before the place that is damaged.")
  private boolean partial;

  RecoverCommand(CliEnvironment around, RecoverRunner runner) {
    this.around = around;
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    if (out != null
        && out.toAbsolutePath().normalize().startsWith(dataDir.toAbsolutePath().normalize())) {
      throw CommandFailure.usage("--out is in DATA_DIR, into which nothing is written");
    }
    RecoverRunner.Outcome outcome = runner.read(dataDir, committedOnly);
    outcome.notes().forEach(note -> around.err().println(note));
    boolean wanted = outcome.failure().isEmpty() || partial;
    if (outcome.document().isPresent() && wanted) {
      write(outcome.document().get());
    }
    if (outcome.failure().isPresent()) {
      around.err().println("error: " + outcome.failure().get());
      around.err().println(advice(outcome));
      return outcome.damaged() ? DAMAGED : ExitCode.FAILED;
    }
    return ExitCode.OK;
  }

  private String advice(RecoverRunner.Outcome outcome) {
    if (outcome.document().isEmpty()) {
      return "  Nothing was written.";
    }
    return partial
        ? "  What is before that place was written."
        : "  Nothing was written. --partial writes what is before that place.";
  }

  private void write(String document) throws CommandFailure {
    if (out == null) {
      around.out().println(document);
      return;
    }
    try {
      new ResultFile(out).write(document + "\n");
      around.err().println("wrote " + out);
    } catch (IOException e) {
      throw new CommandFailure("Cannot write " + out + ": " + e, "Nothing was changed.");
    }
  }
}
