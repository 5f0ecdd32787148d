// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request's query. The route must know each parameter, and each may occur only
 * once. The framework would use the first of two and ignore what it cannot decode.
 */
public final class Query {
  private static final String ATTRIBUTE = "quiver.query";
  private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

  /** The replacement for bytes of the request line that are not UTF-8. */
  private static final char REPLACED = '\uFFFD';

  private final Set<String> known;
  private final Map<String, String> values;

  private Query(Set<String> known, Map<String, String> values) {
    this.known = known;
    this.values = values;
  }

  /** Reads the query for the route that answers this request. */
  public static void read(Context ctx, Set<String> known, boolean ignoresUnknown) {
    ctx.attribute(
        ATTRIBUTE, new Query(known, values(ctx.req().getQueryString(), known, ignoresUnknown)));
  }

  /**
   * The parameters of a request that is answered in front of the framework, each of them known.
   *
   * @param query as it was sent; null if there is none
   */
  public static Map<String, String> values(@Nullable String query, Set<String> known) {
    return values(query, known, false);
  }

  /** Whether a part of a query, between two ampersands, sets a flag; false if it is refused. */
  public static boolean sets(String part, String flag) {
    try {
      return isSet(flag, Optional.ofNullable(values(part, Set.of(flag), true).get(flag)));
    } catch (ApiException refused) {
      return false;
    }
  }

  /** True if the parameter is {@code true} or has no value; false if it is missing. */
  static boolean isSet(String name, Optional<String> given) {
    String text = given.orElse("false");
    if (text.equals("false")) {
      return false;
    }
    if (text.isEmpty() || text.equals("true")) {
      return true;
    }
    throw bad(name, "wanted true or false");
  }

  private static Map<String, String> values(
      @Nullable String query, Set<String> known, boolean ignoresUnknown) {
    Map<String, String> values = new TreeMap<>();
    for (String part : Optional.ofNullable(query).orElse("").split("&", -1)) {
      if (!part.isEmpty()) {
        String[] pair = part.split("=", 2);
        String name = decoded(pair[0], pair[0]);
        if (known.contains(name)) {
          String value = decoded(name, pair.length == 1 ? "" : pair[1]);
          if (values.put(name, value) != null) {
            throw bad(name, "is given twice");
          }
        } else if (!ignoresUnknown) {
          throw bad(name, "is no parameter of this route; " + listOf(known));
        }
      }
    }
    return values;
  }

  /** A parameter that the route knows; empty if it was not given. */
  public static Optional<String> value(Context ctx, String name) {
    Query query = ctx.attribute(ATTRIBUTE);
    if (query == null || !query.known.contains(name)) {
      throw new IllegalStateException("the route does not say that it knows " + name);
    }
    return Optional.ofNullable(query.values.get(name));
  }

  private static String listOf(Set<String> known) {
    return known.isEmpty()
        ? "it takes none"
        : "it takes " + String.join(", ", new TreeSet<>(known));
  }

  /** As HTML forms write it: a plus sign is a blank. */
  private static String decoded(String name, String text) {
    if (text.indexOf(REPLACED) >= 0) {
      throw bad(name, "holds bytes that are no UTF-8");
    }
    StringBuilder decoded = new StringBuilder();
    Matcher escapes = ESCAPES.matcher(text);
    int plain = 0;
    while (escapes.find()) {
      decoded.append(plain(name, text.substring(plain, escapes.start())));
      decoded.append(unescaped(name, escapes.group()));
      plain = escapes.end();
    }
    return decoded.append(plain(name, text.substring(plain))).toString();
  }

  private static String plain(String name, String text) {
    int broken = text.indexOf('%');
    if (broken >= 0) {
      String escape = text.substring(broken, Math.min(broken + 3, text.length()));
      throw bad(name, escape + " is no escape: a percent sign is written as %25");
    }
    return text.replace('+', ' ');
  }

  private static String unescaped(String name, String escapes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 1; i < escapes.length(); i += 3) {
      bytes.write(Integer.parseInt(escapes.substring(i, i + 2), 16));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad(name, escapes + " is no UTF-8");
    }
  }

  private static ApiException bad(String name, String what) {
    return new ApiException(Fault.BAD_REQUEST, name + ": " + what);
  }
}
