// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.quiverdb.coordinator.http.BoundedHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How many points a shard says that it has. */
class ShardProbeTest {
  private static OptionalLong points(int status, String listing) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/v1/collections",
        exchange -> {
          byte[] body = listing.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try (BoundedHttp http = new BoundedHttp("test", Duration.ofSeconds(2), 4)) {
      return new ShardProbe(http, Optional.empty(), Duration.ofSeconds(5))
          .points("http://127.0.0.1:" + server.getAddress().getPort())
          .join();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void areTheSumOfItsCollections() throws IOException {
    assertEquals(
        OptionalLong.of(12),
        points(200, "[{\"name\":\"a\",\"count\":5},{\"name\":\"b\",\"count\":7}]"));
    assertEquals(OptionalLong.of(0), points(200, "[]"));
  }

  @Test
  void areUnknownIfItDoesNotSayThem() throws IOException {
    assertEquals(OptionalLong.empty(), points(500, "[]"));
    assertEquals(OptionalLong.empty(), points(200, "{\"collections\":[]}"));
    assertEquals(
        OptionalLong.empty(), points(200, "[{\"name\":\"a\",\"count\":5},{\"name\":\"b\"}]"));
    assertEquals(OptionalLong.empty(), points(200, "[{\"name\":\"a\",\"count\":null}]"));
  }
}
