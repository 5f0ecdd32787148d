// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("realtime")
class SlowConnectionReaperTest {
  private static final long WINDOW_MILLIS = 400;
  private static final long SLOWEST = 10_000;

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server, 1, 1);

  @BeforeEach
  void start() throws Exception {
    connector.setHost("127.0.0.1");
    connector.addBean(new SlowConnectionReaper(connector, WINDOW_MILLIS, SLOWEST));
    server.addConnector(connector);
    server.setHandler(new ReadsThenWaits());
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  /** Each byte restarts an idle time-out: without a bound on the rate this would never end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: ",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
      })
  void aConnectionThatDripsIsCutOffWhateverTheOthersMove(String beginning) throws Exception {
    try (Socket busy = connect();
        Socket dripping = connect()) {
      write(dripping, beginning);
      await()
          .pollInterval(Duration.ofMillis(50))
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                write(busy, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                return cutOff(dripping);
              });
    }
  }

  /**
   * A connection without a request is closed earlier than that of a load balancer between two
   * requests.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n"})
  void aConnectionThatNeverAsksForAnythingIsCutOff(String beginning) throws Exception {
    try (Socket silent = connect()) {
      silent.setSoTimeout(20_000);
      write(silent, beginning);
      assertTrue(ended(silent));
    }
  }

  @Test
  void aConnectionBetweenTwoRequestsIsKept() throws Exception {
    awaitOnce(
        () -> {
          try (Socket kept = asked();
              Socket silent = connect()) {
            silent.setSoTimeout(20_000);
            assertTrue(ended(silent), "a whole window has passed");
            write(kept, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            return readAll(kept).contains("HTTP/1.1 200 ");
          }
        });
  }

  /** One attempt of several counts: a machine that stalls for a window looks like a slow client. */
  private static void awaitOnce(Callable<Boolean> attempt) {
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(attempt);
  }

  /** A connection whose first request was answered: on a busy machine the first may be too slow. */
  private Socket asked() throws IOException {
    for (int tries = 0; tries < 20; tries++) {
      Socket socket = connect();
      write(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      if (socket.getInputStream().read() >= 0) {
        return socket;
      }
      socket.close();
    }
    throw new AssertionError("never answered");
  }

  private static boolean ended(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aConnectionThatWaitsForUsIsNot() throws Exception {
    try (Socket waiting = connect()) {
      write(
          waiting,
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Wait: "
              + 4 * WINDOW_MILLIS
              + "\r\n\r\n");
      String answer = new String(waiting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }
  }

  @Test
  void anAnswerThatIsSparedMayDrip() throws Exception {
    String drips = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Drips: 40\r\n";
    try (Socket cut = connect()) {
      write(cut, drips + "\r\n");
      assertFalse(readAll(cut).contains("\n39\n"), "it was cut off");
    }
    awaitOnce(
        () -> {
          try (Socket spared = connect()) {
            write(spared, drips + "X-Spare: 1\r\n\r\n");
            return readAll(spared).contains("\n39\n");
          }
        });
  }

  private static String readAll(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (int next = socket.getInputStream().read();
          next >= 0;
          next = socket.getInputStream().read()) {
        text.append((char) next);
      }
    } catch (SocketException e) {
      return text.toString(); // what came before it was cut off
    }
    return text.toString();
  }

  private Socket connect() throws IOException {
    return new Socket("127.0.0.1", connector.getLocalPort());
  }

  private static boolean cutOff(Socket socket) {
    try {
      write(socket, "x");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static final class ReadsThenWaits extends Handler.Abstract.NonBlocking {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      long drips = request.getHeaders().getLongField("X-Drips");
      if (drips > 0) {
        if (request.getHeaders().contains("X-Spare")) {
          SlowConnectionReaper.spare(request);
        }
        drip(0, drips, response, callback);
        return true;
      }
      long wait = Math.max(0, request.getHeaders().getLongField("X-Wait"));
      Content.Source.consumeAll(
          request,
          Callback.from(
              () ->
                  CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS)
                      .execute(() -> response.write(true, null, callback)),
              callback::failed));
      return true;
    }

    private static void drip(long drop, long drops, Response response, Callback callback) {
      byte[] bytes = (drop + "\n").getBytes(StandardCharsets.UTF_8);
      response.write(
          drop == drops,
          ByteBuffer.wrap(bytes),
          drop == drops
              ? callback
              : Callback.from(
                  () ->
                      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
                          .execute(() -> drip(drop + 1, drops, response, callback)),
                  callback::failed));
    }
  }
}
