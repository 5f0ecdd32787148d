// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request to a shard or a router, free of any HTTP library. Immutable. */
public final class QuiverRequest {
  private final String method;
  private final String path;
  private final Optional<String> authorization;
  private final Optional<String> contentType;
  private final byte[] body;

  private QuiverRequest(
      String method,
      String path,
      Optional<String> authorization,
      Optional<String> contentType,
      byte[] body) {
    this.method = method;
    this.path = path;
    this.authorization = authorization;
    this.contentType = contentType;
    this.body = body;
  }

  /**
   * A request with its headers and its body.
   *
   * @param path as in the request line, percent-encoded, without query
   * @param body not copied
   */
  static QuiverRequest of(
      String method,
      String path,
      Optional<String> authorization,
      Optional<String> contentType,
      byte[] body) {
    return new QuiverRequest(method, path, authorization, contentType, body);
  }

  /** A request without a body. */
  public static QuiverRequest of(String method, String path) {
    return new QuiverRequest(method, path, Optional.empty(), Optional.empty(), new byte[0]);
  }

  /** A request with a JSON body. */
  public static QuiverRequest of(String method, String path, String json) {
    return new QuiverRequest(
        method,
        path,
        Optional.empty(),
        Optional.of("application/json"),
        json.getBytes(StandardCharsets.UTF_8));
  }

  /** The same request from the bearer of a key. */
  public QuiverRequest withKey(String secret) {
    return new QuiverRequest(method, path, Optional.of("Bearer " + secret), contentType, body);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Optional<String> authorization() {
    return authorization;
  }

  Optional<String> contentType() {
    return contentType;
  }

  /** The body itself, not a copy: it may have 32 MiB. */
  byte[] body() {
    return body;
  }
}
