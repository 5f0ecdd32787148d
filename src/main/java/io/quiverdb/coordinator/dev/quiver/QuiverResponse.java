// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The answer of a shard or a router, free of any HTTP library.
 *
 * @param status HTTP status
 * @param contentType empty if there is no body
 * @param allow the methods that a 405 names; else empty
 * @param body text, may be empty
 */
public record QuiverResponse(
    int status, Optional<String> contentType, Optional<String> allow, String body) {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final String TEXT = "text/plain; charset=utf-8";

  /** Whether the status is one of success. */
  public boolean succeeded() {
    return status >= 200 && status < 300;
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  static QuiverResponse received(int status, String body) {
    return new QuiverResponse(status, Optional.empty(), Optional.empty(), body);
  }

  static QuiverResponse json(String body) {
    return new QuiverResponse(200, Optional.of(JSON), Optional.empty(), body);
  }

  static QuiverResponse text(String body) {
    return new QuiverResponse(200, Optional.of(TEXT), Optional.empty(), body);
  }

  static QuiverResponse empty(int status) {
    return new QuiverResponse(status, Optional.empty(), Optional.empty(), "");
  }

  static QuiverResponse notAllowed(String allow) {
    return new QuiverResponse(405, Optional.empty(), Optional.of(allow), "");
  }

  static QuiverResponse of(QuiverError error) {
    String type =
        switch (error.form()) {
          case PROBLEM -> PROBLEM;
          case PLAIN_JSON -> JSON;
          case TEXT -> TEXT;
        };
    String body = error.form() == QuiverError.Form.TEXT ? error.detail() : problem(error);
    return new QuiverResponse(error.status(), Optional.of(type), Optional.empty(), body);
  }

  private static String problem(QuiverError error) {
    StringBuilder out = new StringBuilder("{\"detail\":");
    CanonicalJson.appendString(out, error.detail());
    return out.append(",\"status\":")
        .append(error.status())
        .append(",\"title\":\"")
        .append(title(error.status()))
        .append("\",\"type\":\"about:blank\"}")
        .toString();
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 421 -> "Misdirected Request";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      default -> "Error";
    };
  }
}
