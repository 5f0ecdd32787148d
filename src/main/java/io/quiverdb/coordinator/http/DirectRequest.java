// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A request for {@link DirectHttp}.
 *
 * @param baseUrl may end in slashes
 * @param path below it, percent-encoded
 * @param headers besides {@code Host} and {@code Content-Length}
 * @param body not copied, so not to be written to; empty: none
 * @param tooLate once this is true, no more bytes are sent; called by the sending thread
 */
public record DirectRequest(
    String baseUrl,
    String method,
    String path,
    Map<String, String> headers,
    Optional<byte[]> body,
    BooleanSupplier tooLate) {
  /** Takes a copy of the headers. */
  public DirectRequest {
    headers = Map.copyOf(headers);
  }

  /** A request without headers, body and deadline. */
  public static DirectRequest of(String baseUrl, String method, String path) {
    return new DirectRequest(baseUrl, method, path, Map.of(), Optional.empty(), () -> false);
  }

  /** This request with a body. */
  public DirectRequest with(byte[] content) {
    return new DirectRequest(baseUrl, method, path, headers, Optional.of(content), tooLate);
  }

  /** This request with one more header. */
  public DirectRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new DirectRequest(baseUrl, method, path, more, body, tooLate);
  }

  /** This request with a deadline for sending it. */
  public DirectRequest until(BooleanSupplier over) {
    return new DirectRequest(baseUrl, method, path, headers, body, over);
  }
}
