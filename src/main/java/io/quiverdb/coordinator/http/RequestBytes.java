// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes one request and checks its deadline before each part. Not thread-safe. */
final class RequestBytes {
  private static final int STRETCH = 64 << 10;
  private static final byte[] NO_BODY = {};

  private final DirectRequest request;
  private final byte[] head;
  private boolean begun;

  /**
   * A request that was not sent yet.
   *
   * @throws NeverSentException if it contains characters that cannot be sent
   */
  RequestBytes(DirectRequest request, Origin origin) throws NeverSentException {
    this.request = request;
    this.head = head(request, origin).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String head(DirectRequest request, Origin origin) throws NeverSentException {
    StringBuilder head = new StringBuilder(256);
    head.append(request.method())
        .append(' ')
        .append(visible(origin.path() + request.path(), '!'))
        .append(" HTTP/1.1\r\nHost: ")
        .append(visible(origin.authority(), '!'))
        .append("\r\nUser-Agent: quiver-coordinator\r\n");
    for (var header : request.headers().entrySet()) {
      head.append(header.getKey())
          .append(": ")
          .append(visible(header.getValue(), ' '))
          .append("\r\n");
    }
    if (request.body().isPresent()) {
      head.append("Content-Length: ").append(request.body().get().length).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** Refuses line breaks, which would start another header. */
  private static String visible(String text, char first) throws NeverSentException {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < first || text.charAt(i) > '~') {
        throw new NeverSentException("a request cannot have the character " + (int) text.charAt(i));
      }
    }
    return text;
  }

  /** Whether some of it may have been sent. */
  boolean begun() {
    return begun;
  }

  /**
   * Writes all of it; a small body is sent with the head.
   *
   * @throws TooLateException if its deadline came first
   */
  void writeTo(OutputStream out) throws IOException {
    byte[] body = request.body().orElse(NO_BODY);
    int sent = Math.min(body.length, Math.max(0, STRETCH - head.length));
    byte[] first = new byte[head.length + sent];
    System.arraycopy(head, 0, first, 0, head.length);
    System.arraycopy(body, 0, first, head.length, sent);
    write(out, first, 0, first.length);
    while (sent < body.length) {
      int length = Math.min(STRETCH, body.length - sent);
      write(out, body, sent, length);
      sent += length;
    }
  }

  private void write(OutputStream out, byte[] bytes, int from, int length) throws IOException {
    if (request.tooLate().getAsBoolean()) {
      throw new TooLateException(begun);
    }
    begun = true;
    out.write(bytes, from, length);
  }
}
