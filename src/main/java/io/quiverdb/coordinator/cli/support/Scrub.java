// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.support;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Removes possible secrets from a text: in a URL, the part before its host and the part after a
 * question mark; what follows {@code Bearer}, and the secrets that are known. Members never show a
 * known secret. But a mistyped URL with a password may be in the history, in an error or in a log.
 */
final class Scrub {
  private static final String GONE = "(removed)";
  private static final Pattern USER =
      Pattern.compile("([a-z][a-z0-9+.-]{0,20}://)[^\\s\"'<>]{1,2048}@", Pattern.CASE_INSENSITIVE);
  private static final Pattern QUERY =
      Pattern.compile(
          "([a-z][a-z0-9+.-]{0,20}://[^\\s\"'<>?]{1,2048}\\?)[^\\s\"'<>]{1,4096}",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BEARER =
      Pattern.compile("(bearer\\s+)[^\\s\"'<>]+", Pattern.CASE_INSENSITIVE);
  private static final Pattern ASSIGNED =
      Pattern.compile(
          "([\\w.-]*(?:secret|password|passwd|token|api[_-]?keys?|shard[_-]key|router[_-]key)[\"']?"
              + "\\s*[:=]\\s*[\"']?)[^\\s\"',;}\\]<>]+",
          Pattern.CASE_INSENSITIVE);

  private final List<String> known;

  /**
   * A scrubber.
   *
   * @param known secrets whose text is removed; empty ones are ignored
   */
  Scrub(List<String> known) {
    this.known = known.stream().filter(secret -> !secret.isEmpty()).toList();
  }

  /** The text without them. */
  String text(String text) {
    String clean = text;
    for (String secret : known) {
      clean = clean.replace(secret, GONE);
    }
    clean = USER.matcher(clean).replaceAll("$1" + GONE + "@");
    clean = QUERY.matcher(clean).replaceAll("$1" + GONE);
    return BEARER.matcher(clean).replaceAll("$1" + GONE);
  }

  /** The same for a log, where somebody may also have printed a variable or a key of a file. */
  String log(String text) {
    return ASSIGNED.matcher(text(text)).replaceAll("$1" + GONE);
  }
}
