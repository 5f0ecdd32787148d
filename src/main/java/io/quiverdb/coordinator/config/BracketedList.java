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
   * The text without the quotes around it, which shells take off and env files of containers leave.
   * A quote inside means that they are not around the whole.
   */
  static String unquoted(String text) {
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.indexOf(text.charAt(0), 1) == text.length() - 1;
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
