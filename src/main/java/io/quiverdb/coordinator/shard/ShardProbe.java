package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a shard how it is. Thread-safe. */
public final class ShardProbe {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http;
  private final Optional<String> key;
  private final Duration limit;

  /**
   * A probe.
   *
   * @param key presented to shards as a bearer key
   * @param limit the longest that one answer may take
   */
  public ShardProbe(HttpClient http, Optional<String> key, Duration limit) {
    this.http = http;
    this.key = key;
    this.limit = limit;
  }

  /** Whether {@code GET /healthz} answers 200 in time; never completes exceptionally. */
  public CompletableFuture<Boolean> healthy(String baseUrl) {
    return get(baseUrl, "/healthz", HttpResponse.BodyHandlers.discarding())
        .handle((response, failure) -> failure == null && response.statusCode() == 200);
  }

  /** How many points its collections hold together; empty if it does not say so in time. */
  public CompletableFuture<OptionalLong> points(String baseUrl) {
    return get(baseUrl, "/v1/collections", HttpResponse.BodyHandlers.ofByteArray())
        .handle(
            (response, failure) ->
                failure == null && response.statusCode() == 200
                    ? sum(response.body())
                    : OptionalLong.empty());
  }

  private static OptionalLong sum(byte[] body) {
    try {
      JsonNode collections = MAPPER.readTree(body);
      long points = 0;
      for (JsonNode collection : collections) {
        points += collection.path("count").asLong();
      }
      return collections.isArray() ? OptionalLong.of(points) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private <T> CompletableFuture<HttpResponse<T>> get(
      String baseUrl, String path, HttpResponse.BodyHandler<T> handler) {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(stripped(baseUrl) + path)).timeout(limit).GET();
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    CompletableFuture<HttpResponse<T>> exchange = http.sendAsync(request.build(), handler);
    return exchange
        .copy()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((response, failure) -> exchange.cancel(true));
  }

  private static String stripped(String baseUrl) {
    return baseUrl.endsWith("/") ? stripped(baseUrl.substring(0, baseUrl.length() - 1)) : baseUrl;
  }
}
