// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bytes of a request, and the interpretation of the answer. */
class DirectHttpTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, Duration.ofSeconds(5), 4);
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> callers = new CopyOnWriteArrayList<>();
  private ServerSocket server;
  private volatile String answer = "";

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept);
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    http.close();
    names.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket caller = server.accept();
        callers.add(caller);
        Thread thread = new Thread(() -> serve(caller));
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      for (String head = head(caller.getInputStream());
          !head.isEmpty();
          head = head(caller.getInputStream())) {
        heads.add(head);
        // As soon as it is written, the test may set the next one.
        String written = answer;
        caller.getOutputStream().write(written.getBytes(StandardCharsets.ISO_8859_1));
        if (!written.contains("Content-Length") && !written.contains("chunked")) {
          return;
        }
      }
    } catch (IOException e) {
      // A reset.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.write(b);
      if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private HttpReply get(String path) throws Exception {
    return http.call(DirectRequest.of(url() + "/base/", "GET", path), LIMIT, 100);
  }

  private String body() throws Exception {
    return new String(get("/x").body(), StandardCharsets.UTF_8);
  }

  @Test
  void aRequestHasWhatItMustHave() throws Exception {
    answer = OK + "Content-Length: 0\r\n\r\n";
    get("/a%20b?c=d");
    assertEquals(
        "GET /base/a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:"
            + server.getLocalPort()
            + "\r\nUser-Agent: quiver-coordinator\r\n\r\n",
        heads.get(0));
  }

  @Test
  void nothingThatWouldBeAnotherRequestIsSent() {
    for (String path : List.of("/a b", "/a\r\nX: y", "/\u00e4")) {
      assertThrows(NeverSentException.class, () -> get(path), path);
    }
    assertThrows(
        NeverSentException.class,
        () ->
            http.call(
                DirectRequest.of(url(), "GET", "/").with("Authorization", "a\r\nb: c"),
                LIMIT,
                100));
    for (String url : List.of("ftp://a", "http://", "http://a@b", "http://a:b", "a:1")) {
      assertThrows(
          NeverSentException.class,
          () -> http.call(DirectRequest.of(url, "GET", "/"), LIMIT, 100),
          url);
    }
    assertEquals(List.of(), heads);
  }

  @Test
  void aBodyEndsWhereItSays() throws Exception {
    answer = OK + "Content-Length: 5\r\n\r\nhello";
    assertEquals("hello", body());
    answer = OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: u\r\n\r\n";
    assertEquals("hello", body());
    answer = "HTTP/1.0 200\r\n\r\nhello";
    assertEquals("hello", body());
    answer = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nx";
    assertEquals("x", body());
    answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    assertEquals(404, get("/x").status());
  }

  @Test
  void oneConnectionServesCallAfterCall() throws Exception {
    answer = OK + "Content-Length: 1\r\n\r\nx";
    for (int i = 0; i < 5; i++) {
      body();
    }
    assertEquals(1, callers.size());
    answer = OK + "Connection: close\r\nContent-Length: 1\r\n\r\nx";
    body();
    answer = OK + "Content-Length: 1\r\n\r\nx";
    body();
    assertEquals(2, callers.size());
  }

  /** A request that met its end would have an outcome that nobody knows. */
  @Test
  void aConnectionThatTheServerClosedIsNotUsedAgain() throws Exception {
    answer = OK + "Content-Length: 1\r\n\r\nx";
    body();
    callers.get(0).close();
    body();
    assertEquals(2, callers.size());
  }

  /** Bytes after an answer would look like the next answer. */
  @Test
  void aConnectionThatSaysMoreThanItWasAskedIsNotUsedAgain() throws Exception {
    answer = OK + "Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    assertEquals("x", body());
    answer = OK + "Content-Length: 1\r\n\r\ny";
    assertEquals("y", body());
  }

  @Test
  void whatIsNoWholeAnswerIsNone() {
    for (String broken :
        List.of(
            "",
            "220 smtp.example.org\r\n\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 99 X\r\n\r\n",
            "HTTP/1.1 101 X\r\n\r\n",
            "HTTP/1.1 200 X",
            "HTTP/1.1 200 X\r\nno colon\r\n\r\n",
            OK + "A: b\r\n folded\r\n\r\n",
            OK + "Content-Length: -1\r\n\r\n",
            OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
            OK + "Content-Length: 1, 1\r\n\r\nx",
            OK + "Transfer-Encoding: gzip\r\n\r\nx",
            OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n",
            OK + "A: " + "b".repeat(70_000) + "\r\n\r\n",
            OK + "A: b\r\n".repeat(20_000) + "\r\n")) {
      answer = broken;
      assertThrows(
          IOException.class, this::body, broken.substring(0, Math.min(100, broken.length())));
    }
  }

  @Test
  void anAnswerIsNotLargerThanItMayBe() {
    for (String large :
        List.of(
            OK + "Content-Length: 101\r\n\r\n",
            OK + "\r\n" + "x".repeat(101),
            OK + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + "x".repeat(101) + "\r\n0\r\n\r\n")) {
      answer = large;
      IOException failure = assertThrows(IOException.class, this::body);
      assertTrue(failure.getCause() instanceof TooLargeException, failure.toString());
    }
  }

  /** Some hosts set a proxy for all JVMs; it has no route to the shards. */
  @Test
  void noCallGoesThroughAProxy() throws Exception {
    answer = OK + "Content-Length: 1\r\n\r\nx";
    ProxySelector before = ProxySelector.getDefault();
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ProxySelector.setDefault(
          ProxySelector.of(new InetSocketAddress("127.0.0.1", nobody.getLocalPort())));
      try (BoundedHttp client = new BoundedHttp("test", Duration.ofSeconds(5), 1)) {
        assertEquals("x", body());
        assertEquals(200, client.call(BoundedHttp.request(url(), "/x").build(), LIMIT, 9).status());
      }
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void aNameWhoseDnsIsSilentHoldsNobodyElse() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    NameLookups some =
        new NameLookups(
            name -> {
              if (name.equals("silent.test")) {
                await().atMost(LIMIT).until(() -> answered.getCount() == 0);
              }
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
    answer = OK + "Content-Length: 1\r\n\r\nx";
    String port = ":" + server.getLocalPort();
    try (DirectHttp client = new DirectHttp(some, Duration.ofMillis(300), 4);
        BoundedHttp asynchronous =
            new BoundedHttp("test", some, Optional.empty(), Duration.ofSeconds(5), 100)) {
      for (int i = 0; i < 50; i++) {
        asynchronous.send(
            BoundedHttp.request("http://silent.test" + port, "/x").build(), LIMIT, 100);
      }
      NeverSentException failure =
          assertThrows(
              NeverSentException.class,
              () ->
                  client.call(
                      DirectRequest.of("http://silent.test" + port, "GET", "/x"), LIMIT, 9));
      assertTrue(failure.getMessage().contains("silent.test was not resolved"));
      assertEquals(
          200,
          client
              .call(DirectRequest.of("http://other.test" + port, "GET", "/x"), LIMIT, 9)
              .status());
      assertEquals(
          200,
          asynchronous
              .call(BoundedHttp.request("http://localhost" + port, "/x").build(), LIMIT, 9)
              .status());
      NeverSentException late =
          assertThrows(
              NeverSentException.class,
              () ->
                  asynchronous.call(
                      BoundedHttp.request("http://silent.test" + port, "/x").build(),
                      Duration.ofMillis(300),
                      9));
      assertTrue(late.getMessage().contains("silent.test was not resolved"));
    } finally {
      answered.countDown();
      some.close();
    }
  }
}
