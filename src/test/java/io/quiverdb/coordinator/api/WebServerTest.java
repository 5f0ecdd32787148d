// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every request, whatever its route. */
class WebServerTest {
  private static final String SHARD = "{\"primary_url\":\"http://127.0.0.1:9\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeLeader node =
      new FakeLeader(Keys.of(List.of(new Keys.Configured("ops", "secret", Role.ADMIN))));

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void headTellsWhatGetWouldTell() throws Exception {
    HttpResponse<String> ready = send("HEAD", "/readyz");
    assertEquals(200, ready.statusCode());
    assertEquals("2", ready.headers().firstValue("Content-Length").orElseThrow());
    HttpResponse<String> map = send("HEAD", "/cluster/map");
    assertEquals(Optional.of("\"0\""), map.headers().firstValue("ETag"));
    assertEquals("", map.body());
    assertEquals(404, send("HEAD", "/cluster/nothing").statusCode());
    node.age = Optional.of(Duration.ofSeconds(3));
    assertEquals(503, send("HEAD", "/readyz").statusCode());
    assertEquals(503, send("HEAD", "/cluster/map").statusCode());
  }

  @Test
  void noBodyIsReadOutOfAHeadAnswerOnAConnectionThatGoesOn() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      write(socket, "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
      write(socket, "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(1, all.split("\r\n\r\nok", -1).length - 1, all);
    }
  }

  @Test
  void whoComesWithABodyTooManyIsToldSoHoweverMuchItSends() throws Exception {
    List<Socket> halfSent = new ArrayList<>();
    try {
      for (int i = 0; i < 24; i++) {
        halfSent.add(halfSend("Authorization: Bearer secret\r\n", (1 << 20) - 1));
      }
      await().until(() -> addShard(" ".repeat(1 << 20)).statusCode() == 503);
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> answer = addShard(" ".repeat(1 << 20));
        assertEquals(503, answer.statusCode());
        assertTrue(answer.body().contains("too many request bodies"), answer.body());
      }
    } finally {
      for (Socket socket : halfSent) {
        socket.close();
      }
    }
    await().until(() -> addShard(SHARD).statusCode() == 200);
  }

  /** Received bytes count, not announced ones. */
  @Test
  void manySmallBodiesOfUnknownLengthAreTaken() throws Exception {
    List<Socket> begun = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        begun.add(
            opened(
                "Authorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n"
                    + SHARD.substring(0, 20)
                    + "\r\n"));
      }
      assertEquals(200, addShard(SHARD).statusCode());
    } finally {
      for (Socket socket : begun) {
        socket.close();
      }
    }
  }

  @Test
  void aStrangersBodyIsNotReadAndTakesNobodysPlace() throws Exception {
    List<Socket> strangers = new ArrayList<>();
    try {
      for (String key : List.of("", "Authorization: Bearer wrong\r\n")) {
        Socket expecting = opened(key + "Expect: 100-continue\r\nContent-Length: 1048576\r\n\r\n");
        strangers.add(expecting);
        assertEquals(
            "HTTP/1.1 401",
            new String(expecting.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
      }
      for (int i = 0; i < 30; i++) {
        strangers.add(halfSend("", (1 << 20) - 1));
      }
      assertEquals(200, addShard(SHARD).statusCode());
    } finally {
      for (Socket socket : strangers) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST /cluster/shards", "POST /cluster/restore", "PUT /cluster/map"})
  void aPackedBodyIsRefusedWithWhatIsTaken(String line) throws Exception {
    String[] words = line.split(" ");
    HttpResponse<String> answer =
        http.send(
            request(words[1])
                .header("Content-Encoding", "gzip")
                .method(words[0], HttpRequest.BodyPublishers.ofString("packed"))
                .build(),
            BodyHandlers.ofString());
    assertEquals(415, answer.statusCode());
    assertEquals("identity", answer.headers().firstValue("Accept-Encoding").orElseThrow());
    assertTrue(answer.body().contains("Content-Encoding: gzip"), answer.body());
    HttpResponse<String> plain =
        http.send(
            request("/cluster/shards")
                .header("Content-Encoding", "identity")
                .POST(HttpRequest.BodyPublishers.ofString(SHARD))
                .build(),
            BodyHandlers.ofString());
    assertEquals(200, plain.statusCode(), plain.body());
  }

  static Stream<Arguments> filesOfOtherKinds() {
    return Stream.of(
        Arguments.of(SHARD.getBytes(StandardCharsets.UTF_16), "is UTF-16"),
        Arguments.of(("\uFEFF" + SHARD).getBytes(StandardCharsets.UTF_16LE), "is UTF-16"),
        Arguments.of(("\uFEFF" + SHARD).getBytes(StandardCharsets.UTF_8), "byte order mark"),
        Arguments.of(new byte[] {0x1F, (byte) 0x8B, 8, 0}, "is gzip"));
  }

  @ParameterizedTest
  @MethodSource("filesOfOtherKinds")
  void whatKindOfFileABodyIsIsSaid(byte[] body, String wanted) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request("/cluster/shards").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
            BodyHandlers.ofString());
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains(wanted), answer.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(node.at(path))
        .header("Authorization", "Bearer secret")
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> addShard(String body) throws Exception {
    return http.send(
        request("/cluster/shards").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  /** Announces a mebibyte, and sends so much of it. */
  private Socket halfSend(String key, int bytes) throws IOException {
    return opened(key + "Content-Length: 1048576\r\n\r\n" + " ".repeat(bytes));
  }

  private Socket opened(String rest) throws IOException {
    Socket socket = new Socket("127.0.0.1", node.port());
    write(
        socket,
        "POST /cluster/shards HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + rest);
    return socket;
  }

  @Test
  void whoIsStillSendingWhenItClosesIsCutOff() throws Exception {
    ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor();
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      write(
          socket,
          "POST /cluster/shards HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n"
              + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
      assertEquals(
          "HTTP/1.1 100", // its body is waited for
          new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
      // Never idle for long enough to be cut off for that.
      Future<?> sender =
          dripping.scheduleAtFixedRate(() -> drip(socket), 0, 50, TimeUnit.MILLISECONDS);
      int port = node.port();
      node.close();
      assertThrows(ExecutionException.class, () -> sender.get(10, TimeUnit.SECONDS));
      assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close());
    } finally {
      dripping.shutdownNow();
    }
  }

  private static void drip(Socket socket) {
    try {
      write(socket, " ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /cluster//map HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /cluster%2Fmap HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /cluster/map%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /cluster/map HTTP/1.1\r\n\r\n",
        "POST /cluster/ids HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        "NONSENSE\r\n\r\n",
      })
  void whatIsNoRequestIsAnsweredByAProblemToo(String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      write(socket, request);
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(answer.contains("Content-Type: application/problem+json"), answer);
      assertTrue(answer.contains("X-Quiver-Node: c1"), answer);
      String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
      assertEquals(400, new ObjectMapper().readTree(body).path("status").asInt(), body);
    }
  }

  @Test
  void brokenJsonIsToldByItsPlace() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(node.at("/cluster/shards"))
                .header("Authorization", "Bearer secret")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("line: 1, column: 1"), answer.body());
    assertFalse(answer.body().contains("REDACTED"), answer.body());
  }

  /** Of routes, of what runs before them, and of what is no request at all. */
  @Test
  void everyAnswerHasTheHeadersOfQuiversServers() throws Exception {
    for (String path : List.of("/healthz", "/cluster/map", "/cluster/status", "/nothing")) {
      HttpResponse<String> answer = send("GET", path);
      assertEquals(Optional.of("nosniff"), answer.headers().firstValue("X-Content-Type-Options"));
      assertEquals(
          Optional.of("same-origin"), answer.headers().firstValue("Cross-Origin-Resource-Policy"));
    }
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      write(socket, "NONSENSE\r\n\r\n");
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.contains("X-Content-Type-Options: nosniff\r\n"), answer);
      assertTrue(answer.contains("Cross-Origin-Resource-Policy: same-origin\r\n"), answer);
    }
  }

  @Test
  void aRouteHasOneName() throws Exception {
    assertEquals(200, send("GET", "/cluster/status").statusCode());
    assertEquals(404, send("GET", "/cluster/status/").statusCode());
    assertEquals(404, send("GET", "/cluster/map/").statusCode());
  }

  @Test
  void methodsThatCallersMakeUpAreRecordedAsOne() throws Exception {
    assertEquals(405, send("BREW", "/cluster/ids").statusCode());
    await().until(() -> node.answers.contains("OTHER unknown 405"));
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(node.at(path))
            .header("Authorization", "Bearer secret")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
