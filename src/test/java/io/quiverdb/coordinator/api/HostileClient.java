// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.thread.PeriodicExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An attacker without a key that constantly sends what costs a server most: it holds connections of
 * every kind, guesses keys, sends long headers and long bodies.
 */
final class HostileClient implements AutoCloseable {
  private static final String HOST = "Host: a\r\n";

  /** The bytes that it sends on a held connection; the rest follows byte by byte. */
  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "GET /cluster/map HT",
          "GET /cluster/map HTTP/1.1\r\n" + HOST + "X-Long: ",
          "GET /livez HTTP/1.1\r\n" + HOST + "\r\n");

  private static final int DRIPPING = 2;
  private static final int REOPENED = 500;

  private final int port;
  private final int held;
  private final PeriodicExecutor threads = new PeriodicExecutor(4, Thread::new);
  private final List<SocketChannel> connections = new ArrayList<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();

  /** Begins at once, and holds so many connections. */
  HostileClient(int port, int held) {
    this.port = port;
    this.held = held;
    every(100, this::hold);
    every(5, () -> ask("Authorization: Bearer guess-" + sent.get() + "\r\n", ""));
    every(50, () -> ask("X-Long: " + "h".repeat(20 << 10) + "\r\n", ""));
    every(200, () -> ask("Content-Length: " + (2 << 20) + "\r\n", "b".repeat(2 << 20)));
  }

  private void every(long millis, Attack attack) {
    var unused =
        threads.scheduleWithFixedDelay(
            () -> {
              try {
                attack.make();
              } catch (IOException e) {
                // The server refuses it, as it should.
              }
            },
            0,
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** One thing that it does. */
  private interface Attack {
    void make() throws IOException;
  }

  /** How many connections it has opened so far to hold them. */
  int opened() {
    return opened.get();
  }

  /** How many requests it has sent so far on others. */
  int sent() {
    return sent.get();
  }

  private void hold() throws IOException {
    for (int i = 0; i < connections.size(); i++) {
      if (i % BEGINNINGS.size() == DRIPPING) {
        drip(connections.get(i));
      }
    }
    int reopened = 0;
    for (int i = 0; i < connections.size() && reopened < REOPENED; i++) {
      if (isClosed(connections.get(i))) {
        connections.get(i).close();
        connections.set(i, open(i));
        reopened++;
      }
    }
    while (connections.size() < held) {
      connections.add(open(connections.size()));
    }
  }

  private SocketChannel open(int turn) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
    channel.configureBlocking(false);
    byte[] beginning = BEGINNINGS.get(turn % BEGINNINGS.size()).getBytes(StandardCharsets.US_ASCII);
    int unused = channel.write(ByteBuffer.wrap(beginning));
    opened.incrementAndGet();
    return channel;
  }

  private static void drip(SocketChannel channel) {
    try {
      int unused = channel.write(ByteBuffer.wrap(new byte[] {'x'}));
    } catch (IOException e) {
      // It is found closed, and opened again.
    }
  }

  private static boolean isClosed(SocketChannel channel) {
    try {
      ByteBuffer answers = ByteBuffer.allocate(8 << 10);
      int read = channel.read(answers);
      return read < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private void ask(String header, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      String head = (body.isEmpty() ? "GET /cluster/map" : "POST /cluster/ids") + " HTTP/1.1\r\n";
      sent.incrementAndGet();
      socket
          .getOutputStream()
          .write((head + HOST + header + "\r\n" + body).getBytes(StandardCharsets.US_ASCII));
      int unused = socket.getInputStream().read(new byte[1 << 10]);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    threads.shutdownNow();
    boolean unused = threads.awaitTermination(10, TimeUnit.SECONDS);
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
