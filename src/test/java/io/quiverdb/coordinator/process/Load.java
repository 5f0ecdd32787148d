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

/** Many id allocations at once. */
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
    AtomicInteger left = new AtomicInteger(2 * count);
    AtomicInteger acknowledged = new AtomicInteger();
    List<CompletableFuture<Void>> all =
        IntStream.range(0, connections)
            .mapToObj(i -> next(node, count, left, acknowledged))
            .toList();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    return acknowledged.get();
  }

  private CompletableFuture<Void> next(
      URI node, int count, AtomicInteger left, AtomicInteger acknowledged) {
    if (acknowledged.get() >= count || left.getAndDecrement() <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    HttpRequest request =
        HttpRequest.newBuilder(node.resolve("/cluster/ids"))
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .handle(
            (response, failure) -> {
              if (failure == null && response.statusCode() == 200) {
                acknowledged.incrementAndGet();
              }
              return null;
            })
        .thenComposeAsync(done -> next(node, count, left, acknowledged));
  }
}
