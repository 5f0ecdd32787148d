// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/**
 * Shows the progress of a migration: redrawn in place on a terminal, one line for each change
 * elsewhere, nothing if only the result is printed.
 */
final class MigrationScreen {
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String CLEAR_BELOW = "\u001b[J";

  /** Progress alone is printed only every so many percent. */
  private static final int STEP_PERCENT = 10;

  private final CliEnvironment around;
  private final boolean silent;
  private int drawn;
  private Optional<String> newest = Optional.empty();

  MigrationScreen(CliEnvironment around, boolean silent) {
    this.around = around;
    this.silent = silent;
  }

  void show(JsonNode migration) {
    if (silent) {
      return;
    }
    if (around.interactive()) {
      draw(MigrationView.lines(migration, around.colours()));
      return;
    }
    String key = key(migration);
    if (newest.filter(key::equals).isEmpty()) {
      newest = Optional.of(key);
      around.out().println(MigrationView.line(migration));
      around.out().flush();
    }
  }

  /** Something else was printed: the last frame stays above it. */
  void interrupted() {
    drawn = 0;
  }

  /** Cuts lines to the width of the terminal: a wrapped line would move the next frame. */
  private void draw(List<String> lines) {
    PrintStream out = around.out();
    out.print(NO_WRAP);
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A\r");
    }
    for (String line : lines) {
      out.print(CLEAR_LINE + line + "\r\n");
    }
    out.print(CLEAR_BELOW + WRAP);
    out.flush();
    drawn = lines.size();
  }

  private static String key(JsonNode migration) {
    JsonNode waiting = migration.path("waiting_on");
    return String.join(
        "\n",
        Session.cell(migration, "phase"),
        Session.cell(migration, "state"),
        Session.cell(waiting, "what"),
        Session.cell(waiting, "detail"),
        Session.cell(migration, "error"),
        Long.toString(MigrationView.percent(migration.path("progress")) / STEP_PERCENT));
  }
}
