// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions as entity tags (RFC 9110, sections 8.8.3 and 13.1). */
public final class EntityTags {
  /** One tag of a list and the comma after it; the group matches a version. */
  private static final Pattern TAGS =
      Pattern.compile(
          "(?:\"(?<version>[0-9]{1,20})\"|(?:W/)?\"[!#-~\\x80-\\xff]*\")[ \\t]*(?:,[ \\t]*|$)");

  private EntityTags() {}

  /** The strong tag of a version, with the quotes. */
  public static String of(long version) {
    return '"' + Unsigned.text(version) + '"';
  }

  /** Whether {@code If-None-Match} names this tag: weakly, in a list, or by {@code *}. */
  public static boolean noneMatch(@Nullable String header, String etag) {
    if (header == null) {
      return false;
    }
    if (header.strip().equals("*")) {
      return true;
    }
    for (String candidate : header.split(",", -1)) {
      String tag = candidate.strip();
      if (tag.equals(etag) || (tag.startsWith("W/") && tag.substring(2).equals(etag))) {
        return true;
      }
    }
    return false;
  }

  /** The request's {@code If-Match}, its lines joined; empty if it has none. */
  public static String ifMatch(Context ctx) {
    return String.join(", ", Collections.list(ctx.req().getHeaders(Headers.IF_MATCH)));
  }

  /**
   * The version that {@code If-Match} requires: the current one, if the header names it. Weak tags
   * never match (RFC 9110, section 13.1.1).
   *
   * @param header its lines, joined by commas
   * @param current its version now
   * @param what it is that has versions
   * @return empty for no header and for {@code *}
   * @throws RefusedException if the header names no version
   */
  public static OptionalLong expected(String header, long current, String what) {
    String list = header.strip();
    if (list.isEmpty() || list.equals("*")) {
      return OptionalLong.empty();
    }
    List<Long> named = versions(list);
    if (named.isEmpty()) {
      throw new RefusedException(
          new Rejected(
              Refusal.VERSION_MISMATCH,
              "If-Match: names no version of "
                  + what
                  + ", which is at version "
                  + Unsigned.text(current)
                  + "; only a strong tag does, such as "
                  + of(current),
              current),
          false,
          false,
          OptionalLong.empty());
    }
    return OptionalLong.of(named.contains(current) ? current : named.get(0));
  }

  private static List<Long> versions(String list) {
    List<Long> versions = new ArrayList<>();
    Matcher tags = TAGS.matcher(list);
    int read = 0;
    while (read < list.length() && tags.find() && tags.start() == read) {
      read = tags.end();
      if (tags.group("version") != null) {
        versions.add(Parameters.u64("If-Match", tags.group("version")));
      }
    }
    if (read < list.length()) {
      throw new ApiException(
          Fault.BAD_REQUEST, "If-Match: wanted versions in quotes, such as \"7\"");
    }
    return versions;
  }
}
