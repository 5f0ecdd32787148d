// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A connection whose request was given up is reset, so that the kernel delivers nothing more of it.
 * An ordinary end, which the server would see as the end of the stream, would leave it to the
 * kernel to go on sending for a minute.
 */
class GivenUpRequestTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 1_000;

  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, LONG, 4);
  private final ServerSocket server = listening();
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

  private static ServerSocket listening() {
    try {
      return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    http.close();
    names.close();
  }

  /** Reads what comes and answers nothing; notes how it ends. */
  private void serveOne(String answer) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket caller = server.accept()) {
                byte[] buffer = new byte[64 << 10];
                boolean answered = answer.isEmpty();
                for (int n = caller.getInputStream().read(buffer);
                    n >= 0;
                    n = caller.getInputStream().read(buffer)) {
                  begun.add("begun");
                  if (!answered) {
                    caller.getOutputStream().write(answer.getBytes("US-ASCII"));
                    answered = true;
                  }
                }
                ends.add("closed");
              } catch (IOException e) {
                ends.add(e.getMessage());
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private DirectRequest change() {
    return DirectRequest.of(url(), "POST", "/points").with(new byte[5_000]);
  }

  private void assertReset() throws InterruptedException {
    assertEquals("Connection reset", ends.poll(LONG.toSeconds(), TimeUnit.SECONDS));
  }

  @Test
  void afterATimeOut() throws Exception {
    serveOne("");
    assertThrows(
        TimeoutException.class, () -> http.call(change(), Duration.ofMillis(500), MAX_BYTES));
    assertReset();
  }

  @Test
  void afterAnInterruption() throws Exception {
    serveOne("");
    Thread caller =
        new Thread(
            () ->
                assertThrows(
                    InterruptedException.class, () -> http.call(change(), LONG, MAX_BYTES)));
    caller.start();
    begun.take();
    caller.interrupt();
    caller.join();
    assertReset();
  }

  @Test
  void inTheMiddleOfAnAnswer() throws Exception {
    serveOne("HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\n{");
    assertThrows(
        TimeoutException.class, () -> http.call(change(), Duration.ofMillis(500), MAX_BYTES));
    assertReset();
  }

  /** After a kill no code can decide how the connection is closed. */
  @Test
  void afterAKill() throws Exception {
    serveOne("");
    Process caller =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx32m",
                "-XX:TieredStopAtLevel=1",
                Caller.class.getName(),
                url())
            .redirectErrorStream(true)
            .start();
    try {
      await().atMost(LONG).until(() -> !begun.isEmpty() || !caller.isAlive());
      assertTrue(caller.isAlive(), () -> output(caller));
    } finally {
      caller.destroyForcibly();
    }
    assertReset();
  }

  private static String output(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), "UTF-8");
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A process of its own that makes one call. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] args) throws Exception {
      try (NameLookups names = new NameLookups();
          DirectHttp http = new DirectHttp(names, LONG, 1)) {
        http.call(
            DirectRequest.of(args[0], "POST", "/points").with(new byte[5_000]), LONG, MAX_BYTES);
      }
    }
  }
}
