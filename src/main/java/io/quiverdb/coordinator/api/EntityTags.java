package io.quiverdb.coordinator.api;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Map versions as entity tags (RFC 9110, sections 8.8.3 and 13.1). */
final class EntityTags {
  private static final Pattern TAG = Pattern.compile("\"([0-9]{1,20})\"");

  private EntityTags() {}

  /** Whether {@code If-None-Match} names this tag: weakly, in a list, or by {@code *}. */
  static boolean noneMatch(@Nullable String header, String etag) {
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

  /**
   * The version that {@code If-Match} wants.
   *
   * @return empty for no header and for {@code *}
   */
  static OptionalLong expected(@Nullable String header) {
    if (header == null || header.strip().equals("*")) {
      return OptionalLong.empty();
    }
    var matcher = TAG.matcher(header.strip());
    if (!matcher.matches()) {
      throw new ApiException(
          Fault.BAD_REQUEST, "If-Match: wanted one map version in quotes, such as \"7\"");
    }
    return OptionalLong.of(Parameters.u64("If-Match", matcher.group(1)));
  }
}
