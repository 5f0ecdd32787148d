// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** Asks a router for the map that it has adopted. Thread-safe. */
public final class RouterClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private static final int MAX_BYTES = 4 << 20;

  private final BoundedHttp http;
  private final Optional<String> key;

  /**
   * A client.
   *
   * @param key the bearer key for routers; routers of 1.1.0 require an admin key
   */
  public RouterClient(BoundedHttp http, Optional<String> key) {
    this.http = http;
    this.key = key;
  }

  /**
   * The map that the router works with.
   *
   * @return completes within 2 s; exceptionally, with a message for the operator, if there is none
   */
  public CompletableFuture<ShardMap> adoptedMap(String baseUrl) {
    try {
      return http.send(request(baseUrl), LIMIT, MAX_BYTES).thenApply(RouterClient::map);
    } catch (NeverSentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Waits for the map that the router works with, at most 2 s.
   *
   * @throws UncheckedIOException if the answer is no map
   */
  ShardMap awaitAdoptedMap(String baseUrl)
      throws IOException, TimeoutException, InterruptedException {
    return map(http.call(request(baseUrl), LIMIT, MAX_BYTES));
  }

  /**
   * Waits for the router's map, at most 2 s, and checks whether it has a field for leaving shards.
   *
   * @throws UncheckedIOException if the answer is no JSON object
   */
  boolean awaitKnowsLeaving(String baseUrl)
      throws IOException, TimeoutException, InterruptedException {
    HttpReply reply = http.call(request(baseUrl), LIMIT, MAX_BYTES);
    if (reply.status() != 200) {
      throw refused(reply.status());
    }
    return MAPPER.readTree(reply.body()).has("leaving");
  }

  private HttpRequest request(String baseUrl) throws NeverSentException {
    HttpRequest.Builder request = BoundedHttp.request(baseUrl, "/cluster/map").GET();
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request.build();
  }

  private static ShardMap map(HttpReply reply) {
    if (reply.status() != 200) {
      throw refused(reply.status());
    }
    try {
      return ShardMapJson.fromJson(MAPPER.readTree(reply.body()), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedDocumentException e) {
      throw new UncheckedIOException(new IOException("no shard map: " + e.getMessage(), e));
    }
  }

  private static UncheckedIOException refused(int status) {
    String advice =
        switch (status) {
          case 401 -> "it does not accept shards.router_key";
          case 403 -> "shards.router_key is no admin key there, so its map cannot be checked";
          case 404 -> "it is no router";
          default -> "it does not serve its map";
        };
    return new UncheckedIOException(new IOException("answered " + status + ": " + advice));
  }
}
