// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A command that was typed, and what came of it.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record Typed(int code, String out, String err) {
  List<String> lines() {
    return out.lines().toList();
  }

  /** What stands around a command before it is typed. */
  static final class Shell {
    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private boolean interactive;
    private boolean colours;
    private ServeStarters starters =
        new ServeStarters(config -> 70, options -> 71, () -> 72, ServeRecovery::read);

    Shell with(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    Shell at(StubMember... members) {
      return with(
          "QUIVER_COORDINATOR_URL",
          String.join(",", List.of(members).stream().map(StubMember::url).toList()));
    }

    Shell answering(String line) {
      input = line;
      interactive = true;
      return this;
    }

    Shell piping(String text) {
      input = text;
      return this;
    }

    Shell coloured() {
      colours = true;
      return this;
    }

    Shell starting(ServeStarters others) {
      starters = others;
      return this;
    }

    Typed type(String... words) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Typed typed = typeInto(out, words);
      return new Typed(typed.code(), out.toString(StandardCharsets.UTF_8), typed.err());
    }

    /** Results go elsewhere. */
    Typed typeInto(OutputStream out, String... words) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int code =
          Main.run(
              new CliEnvironment(
                  environment,
                  new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                  new PrintStream(out, true, StandardCharsets.UTF_8),
                  new PrintStream(err, true, StandardCharsets.UTF_8),
                  interactive,
                  colours),
              starters,
              words);
      return new Typed(code, "", err.toString(StandardCharsets.UTF_8));
    }
  }
}
