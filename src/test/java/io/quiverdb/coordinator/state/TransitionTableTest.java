// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of transitions in the documents. {@code -Dquiver.docs.write=true} writes it. */
class TransitionTableTest {
  private static final Path DOCUMENT = Path.of("docs/migration-protocol.md");
  private static final String BEGIN =
      "<!-- begin transitions: TransitionTableTest writes them -->\n";
  private static final String END = "<!-- end transitions -->\n";

  @Test
  void theDocumentShowsTheTableThatTheLogObeys() throws Exception {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    assertTrue(begin >= 0 && end > begin, "docs/migration-protocol.md has lost its markers");
    String current = document.substring(0, begin) + BEGIN + table() + document.substring(end);
    if (Boolean.getBoolean("quiver.docs.write")) {
      Files.writeString(DOCUMENT, current);
    }
    assertEquals(current, Files.readString(DOCUMENT));
  }

  private static String table() {
    return "| change | from | to | asked by | if | the map |\n|---|---|---|---|---|---|\n"
        + Transition.TABLE.stream().map(TransitionTableTest::row).collect(Collectors.joining());
  }

  private static String row(Transition row) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s |\n",
        row.kind().wireName(),
        row.from(),
        row.to(),
        row.by().words(),
        row.condition().words(),
        row.map().words());
  }
}
