// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lists of this package's documentation name tests that there are. */
class CoverageListTest {
  private static final Path TESTS = Path.of("src/test/java/io/quiverdb/coordinator");
  private static final Pattern NAME = Pattern.compile("(\\w+Test)#(\\w+)");
  private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|TestFactory)\\b");
  private static final Pattern INTERLEAVING = Pattern.compile("(?m)^ \\* ([ \\d]\\d) \\w");

  private static String lists() throws IOException {
    return Files.readString(TESTS.resolve("migration/package-info.java"));
  }

  @Test
  void everyNameIsThatOfATest() throws IOException {
    Matcher names = NAME.matcher(lists());
    int found = 0;
    while (names.find()) {
      found++;
      String source = source(names.group(1));
      int method = source.indexOf(" " + names.group(2) + "(");
      assertTrue(method > 0, names.group());
      String above = source.substring(0, method);
      String annotated = above.substring(Math.max(0, above.lastIndexOf("\n\n")));
      assertTrue(TEST.matcher(annotated).find(), names.group());
    }
    assertTrue(found > 70, "" + found);
  }

  private static String source(String name) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      List<Path> found = files.filter(file -> file.endsWith(name + ".java")).toList();
      assertEquals(1, found.size(), name);
      return Files.readString(found.get(0));
    }
  }

  @Test
  void everyInterleavingHasItsTests() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    Matcher lines = INTERLEAVING.matcher(lists());
    while (lines.find()) {
      numbers.add(Integer.valueOf(lines.group(1).trim()));
    }
    assertEquals(IntStream.rangeClosed(1, 41).boxed().toList(), numbers);
  }
}
