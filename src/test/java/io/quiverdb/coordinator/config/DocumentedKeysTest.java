// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/configuration.md has a row for each key that the reader knows, and for no other. */
class DocumentedKeysTest {
  private static final Path DOCUMENT = Path.of("docs", "configuration.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_.\\[\\]]+)` \\|");
  private static final Pattern KNOWN = Pattern.compile("this key is not known; known here: (.+)$");
  private static final String STRAY = "no_such_key";

  @TempDir Path folder;

  @Test
  void eachKeyHasItsRow() throws Exception {
    TreeSet<String> documented = new TreeSet<>();
    Matcher rows = ROW.matcher(Files.readString(DOCUMENT));
    while (rows.find()) {
      documented.add(rows.group(1));
    }
    TreeSet<String> known = new TreeSet<>();
    for (String file : List.of(Written.GOOD, Written.JOINING)) {
      collect(file, "", known);
    }
    assertEquals(known, documented);
  }

  private void collect(String file, String section, TreeSet<String> keys) throws IOException {
    for (String key : keysOf(file, section).orElseThrow()) {
      String path = section.isEmpty() ? key : section + "." + key;
      String element = path + "[]";
      if (keysOf(file, path).isPresent()) {
        collect(file, path, keys);
      } else if (keysOf(file, element).isPresent()) {
        keys.add(path);
        collect(file, element, keys);
      } else {
        keys.add(path);
      }
    }
  }

  /** What the reader says that it knows in a section; empty if this is none. */
  private Optional<List<String>> keysOf(String file, String section) throws IOException {
    String path = (section.isEmpty() ? "" : section + ".") + STRAY;
    String variable =
        "QUIVER_COORDINATOR__"
            + path.replace("[]", ".0").replace(".", "__").toUpperCase(Locale.ROOT);
    try {
      Written.load(folder, file, Map.of(variable, "x"));
    } catch (ConfigException e) {
      Matcher known = KNOWN.matcher(String.valueOf(e.getMessage()));
      if (known.find()) {
        return Optional.of(List.of(known.group(1).split(", ")));
      }
    }
    return Optional.empty();
  }
}
