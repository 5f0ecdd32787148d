// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.relay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.quiverdb.coordinator.tls.RenewableTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router sees of members behind a relay; they answer with their names. */
class RelayTest {
  @TempDir Path folder;

  private final HttpClient router = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpsServer> members = new ArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch flip = new CountDownLatch(1);
  private SSLContext tls;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    RenewableTls material =
        RenewableTls.of(TestAuthority.material(new TestAuthority("ca").issue(folder, "127.0.0.1")));
    material.serve(context -> tls = context);
    for (String name : List.of("c1", "c2")) {
      HttpsServer member = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
      member.setHttpsConfigurator(new HttpsConfigurator(tls));
      member.createContext("/", exchange -> answer(exchange, name));
      member.setExecutor(threads);
      member.start();
      members.add(member);
    }
    relay = relay(Optional.of(material.client()));
  }

  private Relay relay(Optional<SSLContext> trust) throws IOException {
    return new Relay(
        new InetSocketAddress("127.0.0.1", 0),
        members.stream()
            .map(m -> URI.create("https://127.0.0.1:" + m.getAddress().getPort()))
            .toList(),
        trust);
  }

  @AfterEach
  void end() {
    flip.countDown();
    relay.close();
    members.forEach(member -> member.stop(0));
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange, String name) throws IOException {
    String path = exchange.getRequestURI().toString();
    asked.add(name + " " + exchange.getRequestMethod() + " " + path);
    byte[] sent = exchange.getRequestBody().readAllBytes();
    if (path.startsWith("/held")) {
      try {
        flip.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    int status =
        (path.startsWith("/stale") || path.startsWith("/log")) && name.equals("c1")
            ? 503
            : path.startsWith("/not-modified") ? 304 : 200;
    if (path.startsWith("/cut") && name.equals("c1")) {
      exchange.close();
      return;
    }
    String text =
        name
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + new String(sent, StandardCharsets.UTF_8);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("ETag", "\"7\"");
    exchange.sendResponseHeaders(status, status == 304 ? -1 : body.length);
    if (status != 304) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private HttpRequest request(String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.port() + path))
        .header("Authorization", "Bearer k")
        .method(
            method,
            body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return router.send(request(method, path, body), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void everyRouteIsPassedOnWithKeyBodyAndHeaders() throws Exception {
    HttpResponse<String> map = send("GET", "/cluster/map?min_version=3&wait=1s", "");
    assertEquals("c1 Bearer k ", map.body());
    assertEquals(Optional.of("\"7\""), map.headers().firstValue("ETag"));
    assertEquals("c1 Bearer k {}", send("POST", "/cluster/ids", "{}").body());
    assertEquals(304, send("GET", "/not-modified", "").statusCode());
    assertEquals(
        List.of(
            "c1 GET /cluster/map?min_version=3&wait=1s",
            "c1 POST /cluster/ids",
            "c1 GET /not-modified"),
        asked);
  }

  @Test
  void aMemberThatIsGoneIsPassedOverWithinTheSamePoll() throws Exception {
    assertEquals("c1 Bearer k ", send("GET", "/cluster/map", "").body());
    members.get(0).stop(0);
    assertEquals("c2 Bearer k ", send("GET", "/cluster/map", "").body());
    assertEquals("c2 Bearer k x", send("POST", "/cluster/ids", "x").body());
  }

  @Test
  void aMemberThatServesNoMapIsPassedOverAndOneThatBreaksOffARead() throws Exception {
    assertEquals("c2 Bearer k ", send("GET", "/stale", "").body());
    relay.close();
    relay = relay(Optional.of(trust()));
    assertEquals("c2 Bearer k ", send("GET", "/cut", "").body());
  }

  private SSLContext trust() {
    return tls;
  }

  @Test
  void aChangeThatMayHaveBeenTakenIsNotSentTwice() throws Exception {
    HttpResponse<String> cut = send("POST", "/cut", "x");
    assertEquals(504, cut.statusCode());
    assertTrue(cut.body().contains("Idempotency-Key"), cut.body());
    assertEquals(List.of("c1 POST /cut"), asked);
    assertEquals("c2 Bearer k x", send("POST", "/log", "x").body(), "a 503 was surely not logged");
  }

  @Test
  void aPollIsHeldAsLongAsTheMemberHoldsItAndOthersAreNot() throws Exception {
    CompletableFuture<HttpResponse<String>> held =
        router.sendAsync(request("GET", "/held", ""), HttpResponse.BodyHandlers.ofString());
    await().until(() -> asked.contains("c1 GET /held"));
    assertEquals(200, send("GET", "/cluster/map", "").statusCode());
    assertTrue(!held.isDone());
    flip.countDown();
    assertEquals(200, held.get().statusCode());
  }

  @Test
  void whomItDoesNotTrustItTellsNothing() throws Exception {
    relay.close();
    relay = relay(Optional.empty());
    HttpResponse<String> refused = send("GET", "/cluster/map", "");
    assertEquals(502, refused.statusCode());
    assertTrue(refused.body().contains("its certificate is not trusted"), refused.body());
    assertEquals(List.of(), asked);
  }
}
