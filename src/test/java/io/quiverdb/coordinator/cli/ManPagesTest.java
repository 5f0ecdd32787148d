// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual has the content of the help, in the language of man(7). */
class ManPagesTest {
  @TempDir Path folder;

  @BeforeEach
  void write() {
    assertEquals(0, new Shell().type("man-pages", folder.toString()).code());
  }

  @Test
  void thereIsAPageForEachCommandThatTheHelpNames() throws IOException {
    Set<String> pages = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> pages.add(file.getFileName().toString()));
    }
    String help = new Shell().type("--help").out();
    assertTrue(pages.contains("quiver-coordinator.1"), pages.toString());
    assertTrue(pages.contains("quiver-coordinator-completion.1"), pages.toString());
    assertTrue(pages.contains("quiver-coordinator-shards-replica-add.1"), pages.toString());
    for (String page : pages) {
      assertFalse(page.contains("man-pages") || page.contains("train"), page);
      String[] words = page.replaceFirst("\\.1$", "").split("-", 3);
      if (words.length == 3) {
        assertTrue(
            help.contains("\n  " + words[2] + " ")
                || help.contains("\n  " + words[2].split("-")[0] + " "),
            page);
      }
    }
  }

  @Test
  void aPageHasWhatTheHelpHas() throws IOException {
    String page = Files.readString(folder.resolve("quiver-coordinator-serve.1"));
    assertTrue(page.startsWith(".TH \"quiver\\-coordinator\\-serve\" 1 "), page);
    assertTrue(page.contains("\n\\fB\\-\\-config\\fR=\\fIFILE\\fR\nThe YAML file.\n"), page);
    assertTrue(page.contains("\n.SH \"EXIT STATUS\"\n0 after SIGTERM; "), page);
    assertTrue(
        page.contains(
            "\n.nf\nquiver\\-coordinator serve \\-\\-config /etc/quiver\\-coordinator/coordinator.yaml\n"),
        page);
    assertTrue(page.endsWith(".SH \"SEE ALSO\"\n.BR quiver\\-coordinator (1)\n"), page);
  }

  @Test
  void noLineOfTextIsTakenForARequest() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          assertTrue(
              line.matches("([^.'].*)?|\\.(TH|SH|TP|PP|BR|nf|fi)( .*)?"), file + ": " + line);
        }
      }
    }
  }
}
