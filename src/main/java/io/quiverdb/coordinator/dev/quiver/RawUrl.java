// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The effect of an unencoded id in a URL by the WHATWG URL standard. Forbidden characters are
 * encoded, but a slash splits the path, a question mark or a hash ends it, dots move up in it, and
 * a percent sign starts an escape.
 */
final class RawUrl {
  private static final String ENCODED = " \"<>`{}^";

  private RawUrl() {}

  /** The path that a request for {@code prefix + id} asks for. */
  static String path(String prefix, String id) {
    StringBuilder raw = new StringBuilder(prefix);
    for (byte octet : id.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c == '?' || c == '#') {
        break;
      }
      if (c == '\t' || c == '\n' || c == '\r') {
        continue;
      }
      if (c == '\\') {
        raw.append('/');
      } else if (c <= 0x1f || c >= 0x7f || ENCODED.indexOf(c) >= 0) {
        raw.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      } else {
        raw.append(c);
      }
    }
    return withoutDots(raw.toString());
  }

  private static String withoutDots(String path) {
    List<String> parts = new ArrayList<>();
    String[] given = path.substring(1).split("/", -1);
    for (int i = 0; i < given.length; i++) {
      String plain = given[i].toLowerCase(Locale.ROOT).replace("%2e", ".");
      boolean last = i == given.length - 1;
      if (plain.equals("..")) {
        if (!parts.isEmpty()) {
          parts.remove(parts.size() - 1);
        }
        if (last) {
          parts.add("");
        }
      } else if (!plain.equals(".")) {
        parts.add(given[i]);
      } else if (last) {
        parts.add("");
      }
    }
    return "/" + String.join("/", parts);
  }
}
