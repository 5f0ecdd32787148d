// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The headings of a document, as links name them. */
public final class Headings {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private Headings() {}

  /** The names that GitHub gives to them. */
  public static Set<String> of(Path document) throws IOException {
    return HEADING
        .matcher(prose(document))
        .results()
        .map(heading -> heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(text -> text.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").strip())
        .map(text -> text.replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The text without its fenced code. */
  static String prose(Path document) throws IOException {
    return FENCED.matcher(Files.readString(document)).replaceAll("");
  }

  /** Whether {@code FILE.md#heading}, from the top folder, leads to a heading. */
  public static boolean has(String help) throws IOException {
    String[] parts = help.split("#", 2);
    Path document = Path.of(parts[0]);
    return parts.length == 2 && Files.exists(document) && of(document).contains(parts[1]);
  }
}
