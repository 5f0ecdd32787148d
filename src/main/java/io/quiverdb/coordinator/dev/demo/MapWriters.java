// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Writers that change the cluster through every member, and record what was acknowledged. */
final class MapWriters {
  private static final int WRITERS = 6;
  private static final int ATTEMPTS = 400;

  final CounterHistory ids = new CounterHistory();
  final CounterHistory versions = new CounterHistory();
  final Set<String> present = new ConcurrentSkipListSet<>();
  final Set<String> absent = new ConcurrentSkipListSet<>();
  final Set<String> unknown = new ConcurrentSkipListSet<>();
  final AtomicInteger retries = new AtomicInteger();

  private final MemberCalls calls;
  private final List<URI> members;
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Future<?>> running = new ArrayList<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

  MapWriters(MemberCalls calls, List<URI> members) {
    this.calls = calls;
    this.members = members;
  }

  void start() {
    for (int w = 0; w < WRITERS; w++) {
      int writer = w;
      running.add(threads.submit(() -> write(writer)));
    }
  }

  int acknowledged() {
    return ids.count() + versions.count();
  }

  /** Stops the writers after their current operations, and reports their failures. */
  void stop() throws InterruptedException, ExecutionException, TimeoutException {
    over.set(true);
    for (Future<?> writer : running) {
      writer.get(30, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  void abandon() {
    over.set(true);
    threads.shutdownNow();
  }

  private void write(int writer) {
    Random random = new Random(writer);
    for (int n = 0; !over.get(); n++) {
      switch (random.nextInt(3)) {
        case 0 -> allocateOnce(member(random));
        case 1 -> allocateSurely(random, "w" + writer + "-" + n);
        default -> addAndPerhapsRemove(random, "http://127.0.0.1/w" + writer + "/" + n);
      }
    }
  }

  private URI member(Random random) {
    return members.get(random.nextInt(members.size()));
  }

  private void allocateOnce(URI member) {
    long called = System.nanoTime();
    MemberCalls.Answer answer = calls.post(member, "/cluster/ids", "", "");
    if (answer.ok()) {
      note(ids, called, answer.json().path("id"), "an id");
    }
  }

  /** Repeats a request with one key until a member acknowledges it; it is applied only once. */
  private void allocateSurely(Random random, String key) {
    long called = System.nanoTime();
    for (int attempt = 0; attempt < ATTEMPTS && !over.get(); attempt++) {
      MemberCalls.Answer answer = calls.post(member(random), "/cluster/ids", "", key);
      if (answer.ok()) {
        note(ids, called, answer.json().path("id"), "key " + key);
        return;
      }
      retries.incrementAndGet();
    }
  }

  private void addAndPerhapsRemove(Random random, String url) {
    boolean joining = random.nextBoolean();
    long called = System.nanoTime();
    MemberCalls.Answer added =
        calls.post(
            member(random),
            joining ? "/cluster/shards/joining" : "/cluster/shards",
            "{\"primary_url\":\"" + url + "\"}",
            "");
    if (added.mayHaveHappened()) {
      unknown.add(url);
    }
    if (!added.ok()) {
      return;
    }
    present.add(url);
    note(versions, called, added.json().path("version"), "add " + url);
    long id = idOf(added.json(), url);
    if (joining) {
      long promoted = System.nanoTime();
      MemberCalls.Answer answer =
          calls.post(member(random), "/cluster/shards/" + id + "/promote", "", "");
      if (answer.ok()) {
        note(versions, promoted, answer.json().path("version"), "promote " + url);
      }
    }
    if (random.nextInt(10) > 0) {
      remove(member(random), id, url);
    }
  }

  private void remove(URI member, long id, String url) {
    long called = System.nanoTime();
    MemberCalls.Answer removed = calls.delete(member, "/cluster/shards/" + id);
    if (removed.ok()) {
      note(versions, called, removed.json().path("version"), "remove " + url);
      present.remove(url);
      absent.add(url);
    } else if (removed.mayHaveHappened()) {
      unknown.add(url);
    }
  }

  private static long idOf(JsonNode map, String url) {
    for (JsonNode shard : map.path("shards")) {
      if (shard.path("primary_url").asText().equals(url)) {
        return shard.path("id").asLong();
      }
    }
    throw new IllegalStateException("the answer to an add lacks " + url);
  }

  private static void note(CounterHistory history, long called, JsonNode value, String what) {
    history.add(new CounterHistory.Operation(called, System.nanoTime(), value.asLong(-1), what));
  }
}
