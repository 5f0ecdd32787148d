// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A closed loop of keep-alive connections on one thread, cheap enough to leave the cores to the
 * server: one request in flight on each connection, the next one as soon as its answer is there.
 */
final class HttpLoad {
  private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);

  private final byte[] request;
  private final InetSocketAddress address;
  private long[] latencies = new long[1 << 16];
  private int answers;
  private int failures;
  private long bytes;

  private HttpLoad(URI node, String head, String body) {
    this.address = new InetSocketAddress(node.getHost(), node.getPort());
    this.request =
        (head
                + "Host: "
                + node.getAuthority()
                + "\r\nContent-Length: "
                + body.length()
                + "\r\nContent-Type: application/json\r\n\r\n"
                + body)
            .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * What was measured.
   *
   * @param perSecond answers with status 200 in a second
   * @param firstTenMillis median time of the first ten answers
   * @param p50Millis median time of an answer
   * @param p99Millis 99th percentile
   * @param failures answers with another status
   * @param megabytesPerSecond of answers, heads included
   */
  record Figures(
      double perSecond,
      double firstTenMillis,
      double p50Millis,
      double p99Millis,
      int failures,
      double megabytesPerSecond) {}

  static Figures get(URI node, String path, int connections, Duration length) throws IOException {
    return new HttpLoad(node, "GET " + path + " HTTP/1.1\r\n", "").run(connections, length);
  }

  static Figures post(URI node, String path, String body, int connections, Duration length)
      throws IOException {
    return new HttpLoad(node, "POST " + path + " HTTP/1.1\r\n", body).run(connections, length);
  }

  private Figures run(int connections, Duration length) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = SocketChannel.open(address);
        channel.socket().setTcpNoDelay(true);
        channel.configureBlocking(false);
        Connection connection = new Connection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        connection.send();
      }
      long start = System.nanoTime();
      long end = start + length.toNanos();
      while (System.nanoTime() < end) {
        selector.select(
            key -> {
              try {
                ((Connection) key.attachment()).receive();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            100);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      long[] first = Arrays.copyOf(latencies, Math.min(10, answers));
      Arrays.sort(first);
      long[] sorted = Arrays.copyOf(latencies, answers);
      Arrays.sort(sorted);
      return new Figures(
          (answers - failures) / seconds,
          answers == 0 ? Double.NaN : first[first.length / 2] / 1e6,
          answers == 0 ? Double.NaN : sorted[answers / 2] / 1e6,
          answers == 0 ? Double.NaN : sorted[(int) (answers * 0.99)] / 1e6,
          failures,
          bytes / seconds / 1e6);
    }
  }

  private void record(long nanos, boolean ok, int size) {
    if (answers == latencies.length) {
      latencies = Arrays.copyOf(latencies, 2 * answers);
    }
    latencies[answers++] = nanos;
    failures += ok ? 0 : 1;
    bytes += size;
  }

  private final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.wrap(request);
    private ByteBuffer in = ByteBuffer.allocate(1 << 14);
    private long sent;
    private int wanted = -1;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void send() throws IOException {
      out.rewind();
      sent = System.nanoTime();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    void receive() throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the server closed a connection");
      }
      if (wanted < 0) {
        wanted = answerLength();
      }
      if (wanted > in.capacity()) {
        in = ByteBuffer.allocate(wanted).put(in.flip());
      }
      if (wanted >= 0 && in.position() >= wanted) {
        boolean ok = in.get(9) == '2';
        record(System.nanoTime() - sent, ok, wanted);
        in.clear();
        wanted = -1;
        send();
      }
    }

    /** Head and body together; -1 while the head is incomplete. */
    private int answerLength() {
      byte[] text = in.array();
      int end = in.position();
      int length = 0;
      for (int i = 0; i + 3 < end; i++) {
        if (text[i] == '\r' && text[i + 1] == '\n') {
          if (text[i + 2] == '\r' && text[i + 3] == '\n') {
            return i + 4 + length;
          }
          if (matches(text, i, end)) {
            length = number(text, i + LENGTH.length, end);
          }
        }
      }
      return -1;
    }

    private static boolean matches(byte[] text, int at, int end) {
      for (int i = 0; i < LENGTH.length; i++) {
        if (at + i >= end || lower(text[at + i]) != LENGTH[i]) {
          return false;
        }
      }
      return true;
    }

    private static int lower(byte letter) {
      return letter >= 'A' && letter <= 'Z' ? letter + 0x20 : letter;
    }

    private static int number(byte[] text, int at, int end) {
      int number = 0;
      for (int i = at; i < end && text[i] != '\r'; i++) {
        if (text[i] != ' ') {
          number = 10 * number + text[i] - '0';
        }
      }
      return number;
    }
  }
}
