// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/** Asks before something is removed. */
final class Confirmation {
  private static final Set<String> YES = Set.of("y", "yes");

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  /**
   * Returns if the operator agrees.
   *
   * @param what is about to happen, as a question
   * @throws CommandFailure if the operator does not agree, or there is no terminal
   */
  void require(CliEnvironment around, String what) throws CommandFailure {
    if (yes) {
      return;
    }
    if (!around.interactive()) {
      throw new CommandFailure(
          "Not confirmed: there is no terminal to ask on: " + what,
          "Repeat the command with --yes.");
    }
    around.err().print(what + " [y/N] ");
    around.err().flush();
    try {
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(around.in(), Charset.defaultCharset()));
      String line = reader.readLine();
      if (line == null || !YES.contains(line.strip().toLowerCase(Locale.ROOT))) {
        throw new CommandFailure("Not confirmed: nothing was changed", "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the answer", e);
    }
  }
}
