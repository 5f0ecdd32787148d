// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request, independent of the member.
 *
 * @param method of HTTP
 * @param path with its query
 * @param headers besides those that every request carries
 * @param body JSON
 */
public record RestRequest(
    String method, String path, Map<String, String> headers, Optional<String> body) {
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** Copies the headers. */
  public RestRequest {
    headers = Map.copyOf(headers);
  }

  /** A read. */
  public static RestRequest get(String path) {
    return new RestRequest("GET", path, Map.of(), Optional.empty());
  }

  /**
   * A change.
   *
   * <p>It always carries an idempotency key. Only that makes it safe to ask the next member after a
   * 504 or a lost connection: if the first one's attempt took effect, the next one answers with its
   * result instead of doing it a second time.
   *
   * @param idempotencyKey the same for every attempt
   */
  public static RestRequest change(
      String method, String path, Optional<String> body, String idempotencyKey) {
    return new RestRequest(method, path, Map.of(IDEMPOTENCY_KEY, idempotencyKey), body);
  }

  /** This request, on the condition of a map version. */
  public RestRequest ifMatch(String version) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put("If-Match", "\"" + version + "\"");
    return new RestRequest(method, path, more, body);
  }

  /** Encodes a text for a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  Optional<String> idempotencyKey() {
    return Optional.ofNullable(headers.get(IDEMPOTENCY_KEY));
  }
}
