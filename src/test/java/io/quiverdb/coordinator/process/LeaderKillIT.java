// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.demo.CounterHistory;
import io.quiverdb.coordinator.dev.demo.CounterHistory.Operation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight writers through all nodes while the leader is killed again and again. */
@Tag("realtime")
class LeaderKillIT {
  private static final int WRITERS = 8;
  private static final int FEWEST_KILLS = 5;
  private static final Duration SHORT = Duration.ofSeconds(25);
  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir Path folder;

  private final CounterHistory ids = new CounterHistory();
  private final CounterHistory versions = new CounterHistory();
  private final CounterHistory retried = new CounterHistory();
  private final Set<String> addedForSure = new ConcurrentSkipListSet<>();
  private final Set<String> addedPerhaps = new ConcurrentSkipListSet<>();
  private final Set<String> removedForSure = new ConcurrentSkipListSet<>();
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  void nothingAcknowledgedIsLostOrAppliedTwice() throws Exception {
    killAndCheck(SHORT);
  }

  @Test
  @Tag("chaos")
  void norDuringMinutesOfKills() throws Exception {
    killAndCheck(LONG);
  }

  private void killAndCheck(Duration length) throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
      List<Future<?>> running = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        int writer = w;
        running.add(writers.submit(() -> write(ensemble, writer)));
      }
      int kills = killLeaders(ensemble, length);
      over.set(true);
      for (Future<?> writer : running) {
        writer.get(30, TimeUnit.SECONDS);
      }
      writers.shutdown();
      ensemble.members().forEach(ensemble::awaitReady);
      check(ensemble, kills);
    }
  }

  private int killLeaders(Ensemble ensemble, Duration length) {
    long end = System.nanoTime() + length.toNanos();
    int kills = 0;
    // A slow machine takes longer for as many; each wait below is bounded.
    while (System.nanoTime() < end || kills < FEWEST_KILLS) {
      int before = ids.count() + versions.count();
      // Each reign lasts until it has acknowledged something.
      await().atMost(Ensemble.PATIENCE).until(() -> ids.count() + versions.count() > before + 50);
      MemberProcess leader = ensemble.awaitLeader();
      leader.kill();
      kills++;
      int atKill = ids.count() + versions.count();
      await().atMost(Ensemble.PATIENCE).until(() -> ids.count() + versions.count() > atKill + 20);
      leader.start();
      ensemble.awaitReady(leader);
    }
    return kills;
  }

  private void write(Ensemble ensemble, int writer) {
    Random random = new Random(writer);
    for (int n = 0; !over.get(); n++) {
      URI node = ensemble.members().get(random.nextInt(3)).http();
      switch (random.nextInt(4)) {
        case 0 -> add(ensemble, node, "http://127.0.0.1/w" + writer + "/" + n);
        case 1 -> retry(ensemble, random, "w" + writer + "-" + n);
        default -> allocate(ensemble, node);
      }
    }
  }

  private void allocate(Ensemble ensemble, URI node) {
    long called = System.nanoTime();
    Rest.Answer answer = ensemble.rest.post(node, "/cluster/ids", "");
    if (answer.ok()) {
      long id = answer.json().get("id").asLong();
      ids.add(new Operation(called, System.nanoTime(), id, "ids at " + answer.node()));
    } else {
      assertTrue(Set.of(0, 503, 504).contains(answer.status()), answer.toString());
    }
  }

  /** One id under one key, asked for until somebody acknowledges it. */
  private void retry(Ensemble ensemble, Random random, String key) {
    long called = System.nanoTime();
    for (int attempt = 0; attempt < 200; attempt++) {
      URI node = ensemble.members().get(random.nextInt(3)).http();
      Rest.Answer answer = ensemble.rest.post(node, "/cluster/ids", "", "Idempotency-Key", key);
      if (answer.ok()) {
        long id = answer.json().get("id").asLong();
        Operation operation = new Operation(called, System.nanoTime(), id, "key " + key);
        ids.add(operation);
        // Asked once more, it must be the same id still.
        Rest.Answer again = ensemble.rest.post(node, "/cluster/ids", "", "Idempotency-Key", key);
        if (again.ok()) {
          assertEquals(id, again.json().get("id").asLong(), "key " + key);
          retried.add(operation);
        }
        return;
      }
    }
    throw new AssertionError("no node acknowledged key " + key + " in 200 attempts");
  }

  private void add(Ensemble ensemble, URI node, String url) {
    long called = System.nanoTime();
    Rest.Answer answer =
        ensemble.rest.post(node, "/cluster/shards", "{\"primary_url\":\"" + url + "\"}");
    if (answer.unknown()) {
      addedPerhaps.add(url);
    }
    if (!answer.ok()) {
      assertTrue(Set.of(0, 503, 504).contains(answer.status()), answer.toString());
      return;
    }
    addedForSure.add(url);
    JsonNode map = answer.json();
    versions.add(new Operation(called, System.nanoTime(), map.get("version").asLong(), url));
    long shard = -1;
    for (JsonNode s : map.get("shards")) {
      shard = s.get("primary_url").asText().equals(url) ? s.get("id").asLong() : shard;
    }
    assertTrue(shard >= 0, "the answer to an add lacks the shard " + url);
    // Every other shard goes again, so that the map stays small.
    long removeCalled = System.nanoTime();
    Rest.Answer removed = ensemble.rest.delete(node, "/cluster/shards/" + shard);
    if (removed.ok()) {
      removedForSure.add(url);
      long version = removed.json().get("version").asLong();
      versions.add(new Operation(removeCalled, System.nanoTime(), version, "remove " + url));
    } else if (removed.unknown()) {
      addedPerhaps.add(url);
      addedForSure.remove(url);
    }
  }

  private void check(Ensemble ensemble, int kills) throws Exception {
    System.out.printf(
        "%d kills, %d ids (%d of them asked for twice), %d map changes, %d of unknown outcome%n",
        kills, ids.count(), retried.count(), versions.count(), addedPerhaps.size());
    assertEquals(List.of(), ids.violations());
    assertEquals(List.of(), versions.violations());
    URI node = ensemble.awaitLeader().http();
    JsonNode map = ensemble.rest.get(node, "/cluster/map?consistency=linearizable").json();
    Map<String, Integer> times = new HashMap<>();
    map.get("shards").forEach(s -> times.merge(s.get("primary_url").asText(), 1, Integer::sum));
    times.forEach((url, n) -> assertEquals(1, n, url + " stands in the map " + n + " times"));
    Set<String> lost = new TreeSet<>(addedForSure);
    lost.removeAll(removedForSure);
    lost.removeAll(addedPerhaps);
    lost.removeAll(times.keySet());
    assertEquals(Set.of(), lost, "acknowledged and gone");
    Set<String> undead = new TreeSet<>(removedForSure);
    undead.retainAll(times.keySet());
    assertEquals(Set.of(), undead, "removed and back");
    long version = map.get("version").asLong();
    for (MemberProcess member : ensemble.members()) {
      await()
          .atMost(Ensemble.PATIENCE)
          .until(
              () ->
                  ensemble.rest.get(member.http(), "/cluster/map").json().equals(map)
                      || version
                          < ensemble
                              .rest
                              .get(member.http(), "/cluster/map")
                              .json()
                              .path("version")
                              .asLong());
    }
  }
}
