// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.tls.RenewableTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow connections are looked at below TLS, where requests can be counted. */
@Tag("realtime")
class TlsConnectorTest {
  private static final long WINDOW_MILLIS = 400;
  private static final long SLOWEST = 10_000;
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path folder;

  private final Server server = new Server();
  private RenewableTls material;
  private ServerConnector connector;

  @BeforeEach
  void start() throws Exception {
    material =
        RenewableTls.of(TestAuthority.material(new TestAuthority("ca").issue(folder, "127.0.0.1")));
    connector =
        TlsConnector.of(
            server,
            new HttpConfiguration(),
            new Listening.Tls("127.0.0.1", 0, Listening.Certificates.NONE, material));
    connector.addBean(new SlowConnectionReaper(connector, WINDOW_MILLIS, SLOWEST));
    server.addConnector(connector);
    server.setHandler(new Answers());
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  /** A router's poll and its answer are a few hundred bytes every two seconds. */
  @Test
  void aConnectionThatAsksLittleButAsksIsKept() throws Exception {
    // One attempt of several counts: a machine that stalls for a window looks like a slow client.
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(this::asksForSixWindows);
  }

  private boolean asksForSixWindows() throws IOException {
    try (SSLSocket kept =
        (SSLSocket)
            material
                .client()
                .getSocketFactory()
                .createSocket("127.0.0.1", connector.getLocalPort())) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(6 * WINDOW_MILLIS);
      AtomicBoolean answered = new AtomicBoolean(true);
      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                answered.set(asks(kept));
                return !answered.get() || System.nanoTime() > end;
              });
      return answered.get();
    }
  }

  private static boolean asks(Socket kept) throws IOException {
    kept.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
    String head = new String(kept.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
    return head.equals("HTTP/1.1 200 OK")
        && new String(readAnswer(kept), StandardCharsets.US_ASCII).endsWith("\r\n\r\n");
  }

  /** The rest of an answer without a body. */
  private static byte[] readAnswer(Socket socket) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      read.append((char) next);
    }
    return read.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0016\u0003\u0001\u0000\u00ff"})
  void aHandshakeThatIsNeverMadeIsCutOff(String beginning) throws Exception {
    try (Socket silent = new Socket("127.0.0.1", connector.getLocalPort())) {
      silent.setSoTimeout(20_000);
      silent.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
      assertTrue(ended(silent));
    }
  }

  private static boolean ended(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // An alert, perhaps.
      }
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  private static final class Answers extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(200);
      response.getHeaders().put("Content-Length", 0);
      response.write(true, null, callback);
      return true;
    }
  }
}
