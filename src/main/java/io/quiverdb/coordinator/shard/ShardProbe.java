// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Asks a shard for its health, for the status and the alarms of any member. {@link HttpShardClient}
 * is the leader's: it blocks, obeys the fence and counts as a migration's request. A probe does
 * none of that. Thread-safe.
 */
public final class ShardProbe {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final int MAX_BYTES = 8 << 20;

  private final BoundedHttp http;
  private final Optional<String> key;
  private final Duration limit;

  /**
   * A probe.
   *
   * @param key presented to shards as a bearer key
   * @param limit the time-out of one answer
   */
  public ShardProbe(BoundedHttp http, Optional<String> key, Duration limit) {
    this.http = http;
    this.key = key;
    this.limit = limit;
  }

  /** Whether {@code GET /healthz} answers 2xx in time; never completes exceptionally. */
  public CompletableFuture<Boolean> healthy(String baseUrl) {
    return trouble(baseUrl).thenApply(Optional::isEmpty);
  }

  /**
   * Why {@code GET /healthz} does not answer 2xx in time, for the operator; empty if it does. Never
   * completes exceptionally.
   */
  public CompletableFuture<Optional<String>> trouble(String baseUrl) {
    return get(baseUrl, "/healthz")
        .handle(
            (reply, failure) -> {
              if (failure != null) {
                return Optional.of(Failures.reason(failure));
              }
              return reply.status() / 100 == 2
                  ? Optional.empty()
                  : Optional.of("GET /healthz answered " + reply.status());
            });
  }

  /** The number of points in all its collections; empty if it does not say it in time. */
  public CompletableFuture<OptionalLong> points(String baseUrl) {
    return get(baseUrl, "/v1/collections")
        .handle(
            (reply, failure) ->
                failure == null && reply.status() == 200
                    ? sum(reply.body())
                    : OptionalLong.empty());
  }

  /** The collections that it lists; completes exceptionally if it does not list them in time. */
  public CompletableFuture<List<ShardCollection>> collections(String baseUrl) {
    return get(baseUrl, "/v1/collections")
        .thenApply(
            reply -> {
              if (reply.status() != 200) {
                throw new IllegalStateException("GET /v1/collections answered " + reply.status());
              }
              try {
                return ShardJson.collections(reply.body());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private static OptionalLong sum(byte[] body) {
    try {
      JsonNode collections = MAPPER.readTree(body);
      long points = 0;
      for (JsonNode collection : collections) {
        if (!collection.path("count").isIntegralNumber()) {
          return OptionalLong.empty();
        }
        points += collection.path("count").asLong();
      }
      return collections.isArray() ? OptionalLong.of(points) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private CompletableFuture<HttpReply> get(String baseUrl, String path) {
    HttpRequest.Builder request;
    try {
      request = BoundedHttp.request(baseUrl, path).GET();
    } catch (NeverSentException e) {
      return CompletableFuture.failedFuture(e);
    }
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return http.send(request.build(), limit, MAX_BYTES);
  }
}
