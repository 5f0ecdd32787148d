// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.Headings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The report and the documents explain every alarm. */
class AlarmAdviceTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (?:warning|critical)");
  private static final Pattern RAISED = Pattern.compile("new Alarm\\(\\s*\"([a-z_]+)\"");

  private static Set<String> codes(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void isThereForEveryAlarmOfTheDocumentsAndForNoOther() throws IOException {
    Set<String> documented = codes(ROW, Files.readString(Path.of("docs", "operating.md")));
    assertEquals(documented, AlarmAdvice.codes());
  }

  @Test
  void isThereForEveryAlarmThatTheCodeRaises() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    Set<String> raised = new TreeSet<>();
    for (Path source : sources) {
      raised.addAll(codes(RAISED, Files.readString(source)));
    }
    assertTrue(raised.size() > 10, raised.toString());
    raised.removeAll(AlarmAdvice.codes());
    assertEquals(Set.of(), raised, "alarms without a line in AlarmAdvice");
  }

  @Test
  void leadsToAHeading() throws IOException {
    for (String code : AlarmAdvice.codes()) {
      String help = AlarmAdvice.of(code).help();
      assertTrue(Headings.has(help), code + ": " + help);
    }
  }
}
