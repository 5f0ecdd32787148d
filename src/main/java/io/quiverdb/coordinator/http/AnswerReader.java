// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of HTTP/1.1 from one connection (RFC 9112). A body that ends early is a failure.
 * Not thread-safe.
 */
final class AnswerReader {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final byte[] NO_BODY = {};
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9]{2})(?: .*)?");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,8})[ \\t]*(?:;.*)?");

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private int headBytes;
  private boolean reusable;

  AnswerReader(InputStream in) {
    this.in = in;
  }

  /** Whether the connection stays open and is at the beginning of the next answer. */
  boolean reusable() {
    return reusable && next == end;
  }

  /**
   * Reads the next answer.
   *
   * @param maxBytes of its body
   * @param sink takes the body if the status is 2xx; null: the reply has it
   * @throws TooLargeException if the body has more bytes
   * @throws IOException if it breaks off, or is no answer; also if the sink throws it
   */
  HttpReply read(int maxBytes, @Nullable Sink sink) throws IOException {
    reusable = false;
    headBytes = 0;
    Matcher status = status();
    Map<String, List<String>> fields = fields();
    while (status.group(2).startsWith("1")) {
      if (status.group(2).equals("101")) {
        throw new IOException("it changes to another protocol");
      }
      status = status();
      fields = fields();
    }
    int code = Integer.parseInt(status.group(2));
    HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);
    boolean stays = status.group(1).equals("1") && !has(headers, "connection", "close");
    byte[] body = NO_BODY;
    if (sink != null && code / 100 == 2) {
      stays &= body(code, headers, new BoundedSink(maxBytes, sink));
    } else {
      long announced = has(headers, "transfer-encoding", "chunked") ? -1 : length(headers);
      Collector collector = new Collector(announced > maxBytes ? -1 : announced);
      stays &= body(code, headers, new BoundedSink(maxBytes, collector));
      body = collector.bytes();
    }
    reusable = stays;
    return new HttpReply(code, headers, body);
  }

  private Matcher status() throws IOException {
    if (next == end && !fill()) {
      throw new EOFException("the connection was closed without an answer");
    }
    String line = line();
    Matcher status = STATUS.matcher(line);
    if (!status.matches()) {
      throw new IOException(
          "no answer of HTTP: " + line.substring(0, Math.min(line.length(), 100)));
    }
    return status;
  }

  private Map<String, List<String>> fields() throws IOException {
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        throw new IOException("a header field without a name");
      }
      fields
          .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return fields;
  }

  private static boolean has(HttpHeaders headers, String name, String token) {
    return headers.allValues(name).stream()
        .flatMap(value -> List.of(value.split(",")).stream())
        .anyMatch(part -> part.strip().toLowerCase(Locale.ROOT).equals(token));
  }

  /** The announced length of the body; negative if there is none. */
  private static long length(HttpHeaders headers) throws IOException {
    List<String> said = headers.allValues("content-length").stream().distinct().toList();
    if (said.isEmpty()) {
      return -1;
    }
    if (said.size() > 1 || !LENGTH.matcher(said.get(0)).matches()) {
      throw new IOException("no length of a body: " + said);
    }
    return Long.parseLong(said.get(0));
  }

  /** Whether the body had its own end, so that the connection can be used again. */
  private boolean body(int code, HttpHeaders headers, BoundedSink sink) throws IOException {
    if (code == 204 || code == 304) {
      return true;
    }
    if (!headers.allValues("transfer-encoding").isEmpty()) {
      if (!has(headers, "transfer-encoding", "chunked")
          || headers.allValues("transfer-encoding").size() > 1
          || headers.firstValue("transfer-encoding").orElse("").contains(",")) {
        throw new IOException("a body that is coded as " + headers.allValues("transfer-encoding"));
      }
      chunks(sink);
      return headers.allValues("content-length").isEmpty();
    }
    long length = length(headers);
    if (length < 0) {
      while (next < end || fill()) {
        pass(end - next, sink);
      }
      return false;
    }
    sink.announce(length);
    exactly(length, sink);
    return true;
  }

  private void chunks(BoundedSink sink) throws IOException {
    while (true) {
      headBytes = 0;
      Matcher size = CHUNK.matcher(line());
      if (!size.matches()) {
        throw new IOException("no size of a chunk");
      }
      long length = Long.parseLong(size.group(1), 16);
      if (length == 0) {
        Map<String, List<String>> unused = fields();
        return;
      }
      exactly(length, sink);
      if (!line().isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
    }
  }

  private void exactly(long length, BoundedSink sink) throws IOException {
    long left = length;
    while (left > 0) {
      if (next == end && !fill()) {
        throw new EOFException("the answer broke off with " + left + " bytes to come");
      }
      int now = (int) Math.min(left, end - next);
      pass(now, sink);
      left -= now;
    }
  }

  private void pass(int length, BoundedSink sink) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, next, length);
    next += length;
    sink.take(bytes);
  }

  private String line() throws IOException {
    StringBuilder far = null;
    while (true) {
      for (int i = next; i < end; i++) {
        if (buffer[i] == '\n') {
          return withoutReturn(text(far, i));
        }
      }
      String part = text(far, end);
      far = new StringBuilder(part);
      if (!fill()) {
        throw new EOFException("the answer broke off in its head");
      }
    }
  }

  /** The part of a line that was read before, plus the buffer up to a position. */
  private String text(@Nullable StringBuilder before, int to) throws IOException {
    headBytes += to - next;
    if (headBytes > MAX_HEAD_BYTES) {
      throw new IOException("the head of the answer is longer than " + MAX_HEAD_BYTES + " bytes");
    }
    String here = new String(buffer, next, to - next, StandardCharsets.ISO_8859_1);
    next = Math.min(end, to + 1);
    return before == null ? here : before + here;
  }

  private static String withoutReturn(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = 0;
    int read = in.read(buffer, 0, buffer.length);
    end = Math.max(0, read);
    return read > 0;
  }
}
