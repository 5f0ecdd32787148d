// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.ArrayList;
import java.util.List;

/** Quiver's lists in environment variables: {@code [http://a:6333,"http://b:6333"]}. */
final class BracketedList {
  private BracketedList() {}

  /** The elements, trimmed and without quotes; the brackets may be left out. */
  static List<String> parse(String value) {
    String text = value.strip();
    if (text.startsWith("[") && text.endsWith("]")) {
      text = text.substring(1, text.length() - 1);
    }
    List<String> elements = new ArrayList<>();
    for (String element : text.split(",", -1)) {
      String bare = unquoted(element.strip());
      if (!bare.isEmpty()) {
        elements.add(bare);
      }
    }
    return elements;
  }

  /**
   * The text without the quotes around it: shells remove them, env files of containers do not. If
   * there is another quote inside, they do not enclose the whole text.
   */
  static String unquoted(String text) {
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.indexOf(text.charAt(0), 1) == text.length() - 1;
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
