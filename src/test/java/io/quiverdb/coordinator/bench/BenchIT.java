// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.process.Ensemble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Figures beside their anchors: three member processes on loopback, through HTTP. It measures and
 * prints; it does not judge.
 */
@Tag("bench")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class BenchIT {
  /**
   * Members run for weeks; until the JVM has compiled what they do, they are several times slower.
   */
  private static final Duration WARM_UP = Duration.ofSeconds(40);

  private static final Duration LENGTH = Duration.ofSeconds(10);

  /** Long enough for ten changes of a leader that has just started. */
  private static final Duration FRESH = Duration.ofMillis(500);

  /** What the JVM compiles after a start is no cost of being idle. */
  private static final Duration SETTLING = Duration.ofSeconds(180);

  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final int KILLS = 20;

  @TempDir Path folder;

  private final FigureTable table = new FigureTable();

  @Test
  void figures() throws Exception {
    starting();
    try (Ensemble ensemble = Ensemble.started(Ensemble.shipped(folder.resolve("load"), 3))) {
      URI leader = ensemble.awaitLeader().http();
      HttpLoad.Figures fresh = HttpLoad.post(leader, "/cluster/ids", "", 1, FRESH);
      row("the first ten changes of a fresh leader, p50", fresh.firstTenMillis(), "ms", "<= 8");
      HttpLoad.Figures cold = HttpLoad.post(leader, "/cluster/ids", "", 64, LENGTH);
      row("POST /cluster/ids, 64 conn., first 10 s", cold.perSecond(), "/s", "");
      HttpLoad.post(leader, "/cluster/ids", "", 64, WARM_UP);
      HttpLoad.post(leader, "/cluster/ids", "", 1, LENGTH);
      HttpLoad.Figures single = HttpLoad.post(leader, "/cluster/ids", "", 1, LENGTH);
      row("POST /cluster/ids, one at a time, p50", single.p50Millis(), "ms", "<= 2; etcd 1.85");
      HttpLoad.Figures many = HttpLoad.post(leader, "/cluster/ids", "", 64, LENGTH);
      row("POST /cluster/ids, 64 connections", many.perSecond(), "/s", ">= 3500; etcd 3455");
      row("  its 99th percentile", many.p99Millis(), "ms", "");
      URI follower = ensemble.others(ensemble.awaitLeader()).get(0).http();
      HttpLoad.Figures passed = HttpLoad.post(follower, "/cluster/ids", "", 64, LENGTH);
      row("  through a follower, its first 10 s", passed.perSecond(), "/s", "");
      HttpLoad.post(follower, "/cluster/ids", "", 64, WARM_UP);
      HttpLoad.Figures forwarded = HttpLoad.post(follower, "/cluster/ids", "", 64, LENGTH);
      row("  the same through a follower", forwarded.perSecond(), "/s", ">= 2500");
      addShard(ensemble, leader, 3);
      HttpLoad.get(leader, "/cluster/map", 64, LENGTH);
      HttpLoad.Figures map = HttpLoad.get(leader, "/cluster/map", 64, LENGTH);
      row("GET /cluster/map, 3 shards, 64 conn.", map.perSecond(), "/s", ">= 40000; Quiver 42800");
      for (int i = 4; i <= 1_000; i++) {
        addShard(ensemble, leader, i);
      }
      HttpLoad.Figures large = HttpLoad.get(leader, "/cluster/map", 64, LENGTH);
      row("GET /cluster/map, 1000 shards", large.perSecond(), "/s", "");
      row("  in bytes", large.megabytesPerSecond(), "MB/s", "");
      memory(ensemble, leader);
    }
    idle();
    failovers("SIGKILL", true, "<= 600", "<= 1500");
    failovers("SIGTERM", false, "<= 250", "");
    table.print();
  }

  private void starting() throws IOException {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (Ensemble ensemble = Ensemble.shipped(folder.resolve("start" + i), 1)) {
        long start = System.nanoTime();
        ensemble.start();
        times.add((System.nanoTime() - start) / 1e6);
      }
    }
    Collections.sort(times);
    row("start of one member to ready, median of 5", times.get(2), "ms", "<= 2000");
  }

  private void idle() throws IOException, InterruptedException {
    try (Ensemble ensemble = Ensemble.started(Ensemble.shipped(folder.resolve("idle"), 3))) {
      Thread.sleep(SETTLING.toMillis());
      MemberProcess leader = ensemble.awaitLeader();
      List<MemberProcess> members = new ArrayList<>(List.of(leader));
      members.addAll(ensemble.others(leader));
      List<Double> costs = IdleCost.percent(members, IDLE);
      row("an idle leader, of a core", costs.get(0), "%", "<= 3");
      row("an idle follower, the costlier one", Math.max(costs.get(1), costs.get(2)), "%", "<= 2");
    }
  }

  private void memory(Ensemble ensemble, URI leader) throws IOException {
    long before = residentKib(ensemble);
    int left = 100_000;
    while (left > 0) {
      HttpLoad.Figures figures =
          HttpLoad.post(leader, "/cluster/ids", "", 64, Duration.ofSeconds(5));
      left -= (int) (figures.perSecond() * 5);
      assertTrue(figures.perSecond() > 0, "no id was allocated in 5 s");
    }
    row("largest member's RSS before 100,000 commits", before / 1024.0, "MiB", "<= 300");
    row("  and after them", residentKib(ensemble) / 1024.0, "MiB", "<= 300");
    double largest = 0;
    for (MemberProcess member : ensemble.members()) {
      try (Stream<Path> files = Files.walk(ensemble.data(member.id()))) {
        largest =
            Math.max(
                largest,
                files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum());
      }
    }
    row("largest data directory", largest / (1 << 20), "MiB", "<= 64");
  }

  private static long residentKib(Ensemble ensemble) throws IOException {
    long most = 0;
    for (MemberProcess member : ensemble.members()) {
      most = Math.max(most, Resident.kib(member));
    }
    return most;
  }

  private void failovers(String signal, boolean kill, String median, String maximum)
      throws IOException {
    List<Double> times = new ArrayList<>();
    try (Ensemble ensemble = Ensemble.started(Ensemble.shipped(folder.resolve(signal), 3))) {
      HttpLoad.post(ensemble.awaitLeader().http(), "/cluster/ids", "", 16, Duration.ofSeconds(3));
      for (int i = 0; i < KILLS; i++) {
        MemberProcess leader = ensemble.awaitLeader();
        List<MemberProcess> others = ensemble.others(leader);
        long start = System.nanoTime();
        if (kill) {
          leader.kill();
        } else {
          leader.terminate();
        }
        times.add(untilAcknowledged(ensemble, others, start));
        if (!kill) {
          leader.awaitExit(20);
        }
        leader.start();
        ensemble.awaitReady(leader);
      }
    }
    Collections.sort(times);
    row(signal + " of the leader to next write, median", times.get(KILLS / 2), "ms", median);
    row("  minimum", times.get(0), "ms", "");
    row("  maximum of " + KILLS, times.get(KILLS - 1), "ms", maximum);
  }

  private static double untilAcknowledged(
      Ensemble ensemble, List<MemberProcess> others, long start) {
    for (int i = 0; i < 10_000; i++) {
      if (ensemble.allocate(others.get(i % others.size()).http())) {
        return (System.nanoTime() - start) / 1e6;
      }
    }
    throw new AssertionError("no node acknowledged a write after 10,000 attempts");
  }

  private static void addShard(Ensemble ensemble, URI leader, int i) {
    assertTrue(ensemble.add(leader, "http://10.0.0." + i % 256 + ":" + (6000 + i)));
  }

  private void row(String what, double figure, String unit, String anchor) {
    table.row(what, figure, unit, anchor);
  }
}
