// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The routes of Quiver's REST surface that the doubles serve. */
enum Route {
  HEALTH("GET,HEAD", "/healthz"),
  READY("GET,HEAD", "/readyz"),
  MAP("GET,HEAD", "/cluster/map"),
  COLLECTIONS("POST,GET,HEAD", "/v1/collections"),
  COLLECTION("GET,HEAD,DELETE", "/v1/collections/+"),
  POINTS("POST,DELETE", "/v1/collections/*/points"),
  BULK("POST", "/v1/collections/*/points:bulk"),
  POINT("GET,HEAD", "/v1/collections/*/points/+"),
  FETCH("POST", "/v1/collections/*/fetch"),
  QUERY("POST", "/v1/collections/*/query"),
  SNAPSHOT("POST", "/v1/snapshot");

  private static final String ANY = "*";
  private static final String ANY_BUT_EMPTY = "+";

  private final String allow;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> methods;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> segments;

  Route(String allow, String pattern) {
    this.allow = allow;
    this.methods = List.of(allow.split(","));
    this.segments = List.of(pattern.split("/"));
  }

  /**
   * A path that a route serves.
   *
   * @param wildcards the decoded segments for which the route has no fixed text
   */
  record Found(Route route, List<String> wildcards) {
    String collection() {
      return wildcards.get(0);
    }

    String point() {
      return wildcards.get(1);
    }
  }

  /** Whether it answers without a key. */
  boolean open() {
    return this == HEALTH || this == READY;
  }

  String allow() {
    return allow;
  }

  boolean allows(String method) {
    return methods.contains(method);
  }

  /**
   * The route that serves a path; empty if none does.
   *
   * @throws QuiverError 400 if a segment is no UTF-8 once it is decoded
   */
  static Optional<Found> of(String path) {
    List<String> parts = List.of(path.split("/", -1));
    for (Route route : values()) {
      if (route.matches(parts)) {
        return Optional.of(new Found(route, route.wildcards(parts)));
      }
    }
    return Optional.empty();
  }

  private boolean matches(List<String> parts) {
    if (parts.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      boolean fits =
          switch (segments.get(i)) {
            case ANY -> true;
            case ANY_BUT_EMPTY -> !parts.get(i).isEmpty();
            default -> segments.get(i).equals(parts.get(i));
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private List<String> wildcards(List<String> parts) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).equals(ANY) || segments.get(i).equals(ANY_BUT_EMPTY)) {
        found.add(decoded(parts.get(i)));
      }
    }
    return found;
  }

  private static String decoded(String segment) {
    byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%' && i + 2 < raw.length && hex(raw[i + 1]) >= 0 && hex(raw[i + 2]) >= 0) {
        bytes.put((byte) (hex(raw[i + 1]) << 4 | hex(raw[i + 2])));
        i += 2;
      } else {
        bytes.put(raw[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw QuiverError.unreadable(400, "Invalid URL: \"" + segment + "\" is no UTF-8");
    }
  }

  private static int hex(byte digit) {
    return Character.digit(digit, 16);
  }
}
