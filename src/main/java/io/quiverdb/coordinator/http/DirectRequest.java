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
 * @param tooLate from the moment on at which this is true no byte of it leaves; asked by the thread
 *     that sends it
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

  /** Without headers and a body, to be sent at any time. */
  public static DirectRequest of(String baseUrl, String method, String path) {
    return new DirectRequest(baseUrl, method, path, Map.of(), Optional.empty(), () -> false);
  }

  /** The same with a body. */
  public DirectRequest with(byte[] content) {
    return new DirectRequest(baseUrl, method, path, headers, Optional.of(content), tooLate);
  }

  /** The same with one header more. */
  public DirectRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new DirectRequest(baseUrl, method, path, more, body, tooLate);
  }

  /** The same, to be sent before a moment or not at all. */
  public DirectRequest until(BooleanSupplier over) {
    return new DirectRequest(baseUrl, method, path, headers, body, over);
  }
}
