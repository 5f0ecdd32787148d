// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.net.http.HttpHeaders;

/** An answer with its whole body. */
public final class HttpReply {
  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;

  HttpReply(int status, HttpHeaders headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** The header fields. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The body; not copied, so not to be written to. */
  public byte[] body() {
    return body;
  }
}
