// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Clients that put, overwrite and delete points through routers, and record what was acknowledged.
 * Each key has one writer, so its possible values are always known. After an operation that was not
 * acknowledged its key is not used again, because the operation may take effect late.
 */
final class PointWriters {
  private static final int KEYS = 150;

  /** The pause after a failure, as in a client; it also keeps an outage from using up all keys. */
  private static final long BACK_OFF_MILLIS = 100;

  private final MemberCalls calls;
  private final List<URI> routers;
  private final String collection;
  private final int count;
  private final Optional<ReadBack> readBack;
  private final AtomicBoolean over = new AtomicBoolean();
  private final ExecutorService threads;
  private final List<Future<?>> running = new ArrayList<>();
  private final Map<String, PossibleValues> expected = new TreeMap<>();
  private final List<Long> latencies = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  PointWriters(MemberCalls calls, List<URI> routers, String collection, int count) {
    this(calls, routers, collection, count, Optional.empty());
  }

  /**
   * Writers.
   *
   * @param readBack reads what was acknowledged; empty: nothing does
   */
  PointWriters(
      MemberCalls calls,
      List<URI> routers,
      String collection,
      int count,
      Optional<ReadBack> readBack) {
    this.calls = calls;
    this.readBack = readBack;
    this.routers = List.copyOf(routers);
    this.collection = collection;
    this.count = count;
    this.threads = Executors.newFixedThreadPool(count);
  }

  void start() {
    for (int w = 0; w < count; w++) {
      int writer = w;
      running.add(threads.submit(() -> write(writer)));
    }
  }

  /** Stops the writers after their current operations, and reports their failures. */
  void stop() throws InterruptedException, ExecutionException, TimeoutException {
    over.set(true);
    for (Future<?> writer : running) {
      writer.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  void abandon() {
    over.set(true);
    threads.shutdownNow();
  }

  synchronized int acknowledged() {
    return latencies.size();
  }

  /** What each key that was ever written may hold. */
  synchronized Map<String, PossibleValues> expected() {
    return new TreeMap<>(expected);
  }

  /** Operations that were not acknowledged. */
  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** How long acknowledged operations took, ns, shortest first. */
  synchronized List<Long> latencies() {
    return latencies.stream().sorted().toList();
  }

  /** Gives the number of operations. */
  private long write(int writer) throws InterruptedException {
    Random random = new Random(writer);
    long n = 0;
    while (!over.get()) {
      n++;
      String key = "w" + writer + "-" + random.nextInt(KEYS);
      if (!mayWrite(key)) {
        continue;
      }
      URI router = routers.get(random.nextInt(routers.size()));
      Optional<Long> value = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(n);
      long called = System.nanoTime();
      MemberCalls.Answer answer = value.isPresent() ? put(router, key, n) : delete(router, key);
      note(key, value, answer, System.nanoTime() - called);
      if (answer.ok()) {
        readBack.ifPresent(reads -> reads.look(key, value));
      } else {
        Thread.sleep(BACK_OFF_MILLIS);
      }
    }
    return n;
  }

  private synchronized boolean mayWrite(String key) {
    PossibleValues known = expected.get(key);
    return known == null || known.sure();
  }

  private MemberCalls.Answer put(URI router, String key, long value) {
    return calls.post(
        router,
        "/v1/collections/" + collection + "/points",
        "{\"points\":[" + DevPoints.point(key, value) + "]}",
        "");
  }

  private MemberCalls.Answer delete(URI router, String key) {
    return calls.delete(
        router, "/v1/collections/" + collection + "/points", "{\"ids\":[\"" + key + "\"]}");
  }

  private synchronized void note(
      String key, Optional<Long> value, MemberCalls.Answer answer, long nanos) {
    if (answer.ok()) {
      latencies.add(nanos);
      expected.put(key, PossibleValues.exactly(value));
    } else {
      failures.add(key + ": " + answer.told());
      expected.merge(
          key,
          PossibleValues.exactly(Optional.empty()).or(value),
          (before, now) -> before.or(value));
    }
  }
}
