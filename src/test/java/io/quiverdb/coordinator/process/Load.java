// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Many changes at once. */
final class Load {
  private final int connections;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /**
   * A load on so many connections. What comes together shares log entries: a few connections make
   * the most entries of the same number of ids.
   */
  Load(int connections) {
    this.connections = connections;
  }

  /**
   * Allocates ids at a node until {@code count} were acknowledged; gives up at twice the number.
   */
  int allocate(URI node, int count) {
    return post(request(node, "/cluster/ids", ""), 200, count);
  }

  /**
   * Adds a shard that is in the map already until so many were refused, which changes nothing but
   * the log: each has an entry, as long as its URL.
   */
  int refuse(URI node, String url, int count) {
    String body = "{\"primary_url\":\"" + url + "\"}";
    return post(request(node, "/cluster/shards", body), 409, count);
  }

  private static HttpRequest request(URI node, String path, String body) {
    return HttpRequest.newBuilder(node.resolve(path))
        .timeout(Duration.ofSeconds(10))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private int post(HttpRequest request, int status, int count) {
    AtomicInteger left = new AtomicInteger(2 * count);
    AtomicInteger answered = new AtomicInteger();
    List<CompletableFuture<Void>> all =
        IntStream.range(0, connections)
            .mapToObj(i -> next(request, status, count, left, answered))
            .toList();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    return answered.get();
  }

  private CompletableFuture<Void> next(
      HttpRequest request, int status, int count, AtomicInteger left, AtomicInteger answered) {
    if (answered.get() >= count || left.getAndDecrement() <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .handle(
            (response, failure) -> {
              if (failure == null && response.statusCode() == status) {
                answered.incrementAndGet();
              }
              return null;
            })
        .thenComposeAsync(done -> next(request, status, count, left, answered));
  }
}
