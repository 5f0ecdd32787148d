// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;

/** Encodes path and query of a request so that another member and java.net.URI accept them. */
public final class RequestTarget {
  /** Characters that servers accept in a target although RFC 3986 forbids them. */
  private static final String ILLEGAL = "\"<>[\\]^`{|}";

  private RequestTarget() {}

  /** The target with missing escapes added, which does not change its meaning. */
  public static String of(Context ctx) {
    String query = ctx.req().getQueryString();
    String path = ctx.req().getRequestURI();
    return legal(query == null ? path : path + "?" + query);
  }

  /** The target with every character escaped that a request line must not hold. */
  public static String legal(String target) {
    StringBuilder legal = new StringBuilder(target.length());
    target
        .codePoints()
        .forEach(
            c -> {
              if (c > 0x20 && c < 0x7f && ILLEGAL.indexOf(c) < 0) {
                legal.appendCodePoint(c);
              } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  legal.append(String.format("%%%02X", b));
                }
              }
            });
    return legal.toString();
  }
}
