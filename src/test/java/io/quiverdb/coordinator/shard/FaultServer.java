// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that does to each request what a test wants, byte by byte. */
final class FaultServer implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  /** What happens to a request; the connection is closed at the end. */
  interface Fate {
    void befall(Call call) throws Exception;
  }

  /** A request whose head was read. */
  record Call(Socket socket, String head, int bodyLength) {
    /** Reads the body; how much of it came before the client gave up. */
    int readBody() {
      int read = 0;
      try {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = 0; n >= 0 && read < bodyLength; read += Math.max(0, n)) {
          n = in.read(buffer, 0, Math.min(buffer.length, bodyLength - read));
        }
      } catch (IOException e) {
        // A reset is an end as well.
      }
      return read;
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
    }

    /** Returns when the client has closed the connection. */
    void awaitEnd() {
      try {
        while (socket.getInputStream().read() >= 0) {
          continue;
        }
      } catch (IOException e) {
        // A reset is an end as well.
      }
    }
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private volatile Fate fate;

  FaultServer(Fate fate) throws IOException {
    this.fate = fate;
    listener = new ServerSocket();
    listener.setReceiveBufferSize(BUFFER_BYTES);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    threads.execute(this::accept);
  }

  /** A whole answer, after which the connection ends. */
  static String reply(int status, String type, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, type, length, body);
  }

  static String reply(String json) {
    return reply(200, "application/json", json);
  }

  /** Answers every request. */
  static Fate answering(int status, String type, String body) {
    return call -> {
      call.readBody();
      call.send(reply(status, type, body));
    };
  }

  static Fate answering(String json) {
    return answering(200, "application/json", json);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  void befalls(Fate newFate) {
    fate = newFate;
  }

  int connections() {
    return connections.get();
  }

  /** Of every request, in the order in which they came. */
  List<String> heads() {
    return heads;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = head(socket.getInputStream());
      if (!head.isEmpty()) {
        heads.add(head);
        fate.befall(new Call(socket, head, bodyLength(head)));
      }
    } catch (Exception e) {
      // The test sees what became of its call.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.write(b);
      if (head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static int bodyLength(String head) {
    return head.toLowerCase(Locale.ROOT)
        .lines()
        .filter(line -> line.startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring("content-length:".length()).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
