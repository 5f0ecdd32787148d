// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command finds around it; a test gives it another one.
 *
 * @param environment the process's variables
 * @param in what the operator types
 * @param out results, and nothing else
 * @param err messages
 * @param interactive whether a person is there to answer a question
 * @param colours whether {@code out} may be coloured
 */
record CliEnvironment(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    boolean colours) {

  /** Those of this process. */
  static CliEnvironment ofThisProcess() {
    boolean terminal = Terminal.isThere();
    Map<String, String> environment = System.getenv();
    boolean colours = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new CliEnvironment(
        environment, System.in, utf8(System.out), utf8(System.err), terminal, colours);
  }

  /** Whatever the locale: a point's id that was printed as question marks would be lost. */
  private static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
