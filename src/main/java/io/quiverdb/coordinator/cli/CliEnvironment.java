// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The environment of a command, which tests replace.
 *
 * @param environment the process's variables
 * @param in input of the operator
 * @param out results, and nothing else
 * @param err messages
 * @param interactive whether a person can answer a question
 * @param colours whether {@code out} may be coloured
 */
record CliEnvironment(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    boolean colours) {

  /** The environment of this process. */
  static CliEnvironment ofThisProcess() {
    boolean terminal = Terminal.isThere();
    Map<String, String> environment = System.getenv();
    boolean colours = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new CliEnvironment(
        environment, System.in, utf8(System.out), utf8(System.err), terminal, colours);
  }

  /** Prints UTF-8 in any locale: an id printed as question marks would be useless. */
  private static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
