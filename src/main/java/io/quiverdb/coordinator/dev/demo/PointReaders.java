// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that read and search for points that no client changes, and record each missing one. Such
 * a point must be found through every router at any time.
 */
final class PointReaders {
  private static final int READERS = 2;

  private final MemberCalls calls;
  private final List<URI> routers;
  private final String collection;
  private final int points;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private final ExecutorService threads = Executors.newFixedThreadPool(READERS);
  private final List<Future<?>> running = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  /**
   * Creates readers.
   *
   * @param points as many as {@link DevPoints#load} wrote
   */
  PointReaders(MemberCalls calls, List<URI> routers, String collection, int points) {
    this.calls = calls;
    this.routers = List.copyOf(routers);
    this.collection = collection;
    this.points = points;
  }

  void start() {
    for (int r = 0; r < READERS; r++) {
      int reader = r;
      running.add(threads.submit(() -> read(reader)));
    }
  }

  void stop() throws InterruptedException, ExecutionException, TimeoutException {
    over.set(true);
    for (Future<?> reader : running) {
      reader.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  void abandon() {
    over.set(true);
    threads.shutdownNow();
  }

  int answered() {
    return answered.get();
  }

  /** Reads that found nothing or were not answered. */
  synchronized List<String> missed() {
    return List.copyOf(missed);
  }

  private void read(int reader) {
    Random random = new Random(1000L + reader);
    while (!over.get()) {
      int number = random.nextInt(points);
      URI router = routers.get(random.nextInt(routers.size()));
      if (random.nextInt(10) == 0) {
        search(router, number);
      } else {
        get(router, number);
      }
    }
  }

  private void get(URI router, int number) {
    String id = DevPoints.id(number);
    MemberCalls.Answer answer =
        calls.get(router, "/v1/collections/" + collection + "/points/" + id);
    judge(
        answer,
        answer.json().path("payload").path("v").asLong(-1) == number,
        "read of " + id + " through " + router);
  }

  private void search(URI router, int number) {
    String id = DevPoints.id(number);
    MemberCalls.Answer answer =
        calls.post(
            router,
            "/v1/collections/" + collection + "/query",
            "{\"k\":10,\"vector\":" + DevPoints.vector(number) + "}",
            "");
    boolean found = false;
    for (JsonNode match : answer.json().path("matches")) {
      found |= match.path("id").asText().equals(id);
    }
    judge(answer, found, "search for " + id + " through " + router);
  }

  private void judge(MemberCalls.Answer answer, boolean found, String what) {
    answered.incrementAndGet();
    if (!answer.ok() || !found) {
      synchronized (this) {
        missed.add(what + ": " + answer.told());
      }
    }
  }
}
