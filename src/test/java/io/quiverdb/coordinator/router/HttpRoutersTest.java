// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.quiverdb.coordinator.dev.quiver.DevKey;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.model.Shard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a router says of its map, or why it does not. */
class HttpRoutersTest {
  private final BoundedHttp http = new BoundedHttp("routers", Duration.ofSeconds(2), 16);

  @AfterEach
  void close() {
    http.close();
  }

  private RouterApi routers(String key) {
    return new HttpRouters(new RouterClient(http, Optional.of(key)));
  }

  private String refusal(String key, String url) {
    return String.valueOf(
        assertThrows(RouterException.class, () -> routers(key).adoptedMap(url)).getMessage());
  }

  @Test
  void aRouterTellsItsMapToWhoMayKnowIt() throws Exception {
    List<DevKey> keys = List.of(DevKey.admin("adm"), DevKey.of("rea", DevKey.Role.READ));
    RouterSettings settings =
        new RouterSettings(
            QuiverVersion.V1_1_0,
            List.of("http://127.0.0.1:1"),
            Optional.empty(),
            Duration.ofMinutes(1),
            Optional.empty(),
            keys);
    try (RouterServer router = RouterServer.start(0, settings)) {
      assertEquals(
          List.of(new Shard(0, "http://127.0.0.1:1", List.of())),
          routers("adm").adoptedMap(router.url()).shards());
      assertEquals(
          "answered 401: it does not accept shards.router_key", refusal("bad", router.url()));
      assertTrue(refusal("rea", router.url()).startsWith("answered 403: shards.router_key"));
    }
  }

  @Test
  void aShardIsNoRouter() throws Exception {
    try (ShardServer shard = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of())) {
      assertEquals("answered 404: it is no router", refusal("k", shard.url()));
    }
  }

  @Test
  void anythingElseIsNoMap() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicReference<String> body = new AtomicReference<>("");
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      for (String answer : List.of("", "<html>", "{}", "[]", "{\"version\":1,\"shards\":3}")) {
        body.set(answer);
        assertTrue(!refusal("k", url).contains("Exception"), answer);
      }
    } finally {
      server.stop(0);
    }
    assertTrue(refusal("k", url).startsWith("no connection to 127.0.0.1:"));
  }

  @Test
  void whoSaysNothingIsNotWaitedForLong() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      String told = refusal("k", "http://127.0.0.1:" + silent.getLocalPort());
      assertTrue(told.endsWith(" did not answer within 2000 ms"), told);
    }
  }

  @Test
  void anInterruptedCallClosesItsConnection() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread caller =
          new Thread(
              () ->
                  thrown.set(
                      assertThrows(
                          Throwable.class,
                          () ->
                              routers("k")
                                  .adoptedMap("http://127.0.0.1:" + silent.getLocalPort()))));
      caller.start();
      try (Socket connection = silent.accept()) {
        assertTrue(connection.getInputStream().read() > 0);
        caller.interrupt();
        caller.join();
        assertInstanceOf(InterruptedException.class, thrown.get());
        await().until(() -> ended(connection));
      }
    }
  }

  private static boolean ended(Socket connection) {
    try {
      connection.getInputStream().skipNBytes(Long.MAX_VALUE);
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
