// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;

/** Path and query of a request as another member, and java.net.URI, take them. */
public final class RequestTarget {
  /** What servers let pass in a target though RFC 3986 does not. */
  private static final String ILLEGAL = "\"<>[\\]^`{|}";

  private RequestTarget() {}

  /** Still encoded; what should have been and was not is encoded here, which means the same. */
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
