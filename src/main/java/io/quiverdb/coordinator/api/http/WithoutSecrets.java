// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.HistoryEntry;
import java.util.regex.Pattern;

/**
 * A line of the history as callers see it. A URL with a user or a query is refused, but the refused
 * command stands in the replicated history as it was typed, and every key may read that.
 */
public final class WithoutSecrets {
  private static final Pattern USER = Pattern.compile("//\\S*@");
  private static final Pattern USER_WITHOUT_SCHEME =
      Pattern.compile("(?<![^\\s\"])[^\\s\"/:]+:(?!//)\\S*@");

  /** Of a URL that was cut before its at sign, nobody knows what is its user. */
  private static final Pattern CUT = Pattern.compile("//\\S*\\.\\.\\.$");

  private static final Pattern QUERY = Pattern.compile("(//[^\\s?#]*)([?#])\\S*");

  private WithoutSecrets() {}

  /** Writes who wanted an entry, and what came of it. */
  public static void write(HistoryEntry entry, ObjectNode body) {
    body.put("node", entry.node())
        .put("key_id", entry.keyId())
        .put("command", text(entry.command()))
        .put("outcome", text(entry.outcome()));
  }

  /** Takes out what stands in URLs before the host, and behind a question mark or a hash. */
  public static String text(String line) {
    boolean cut = line.length() >= HistoryEntry.MAX_TEXT;
    String text = cut ? CUT.matcher(line).replaceAll("//...") : line;
    text = USER.matcher(text).replaceAll("//...@");
    text = USER_WITHOUT_SCHEME.matcher(text).replaceAll("...@");
    return QUERY.matcher(text).replaceAll("$1$2...");
  }
}
