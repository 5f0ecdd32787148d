// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader that is cut off from the others, though not from its clients. */
@Tag("realtime")
class IsolatedLeaderIT {
  private static final int HOSTS = 3;
  private static final int HTTP = 6335;
  private static final int MAX_ATTEMPTS = 3;
  private static final List<Integer> ALL = List.of(1, 2, 3);
  private static final Duration STALENESS = Duration.ofSeconds(2);

  /** An isolated leader has stepped down by then, also where elections take two seconds. */
  private static final Duration WATCHED = Duration.ofMillis(3_500);

  @TempDir Path folder;

  private final List<Process> members = new ArrayList<>();
  private Optional<Namespaces> network = Optional.empty();

  @AfterEach
  void end() {
    members.forEach(member -> member.destroyForcibly().onExit().join());
    network.ifPresent(Namespaces::close);
  }

  /**
   * A hand-over that fails makes reads go to the followers for a while; what they confirmed then
   * must confirm nothing later.
   */
  @ParameterizedTest
  @ValueSource(strings = {"lan", "wan"})
  void neitherServesAnOldMapPastItsBoundNorAcknowledges(String timing) throws Exception {
    Namespaces hosts = network();
    for (int host = 1; host <= HOSTS; host++) {
      members.add(start(hosts, host, timing));
    }
    for (int host = 1; host <= HOSTS; host++) {
      int ready = host;
      await("readiness of c" + host)
          .atMost(Ensemble.PATIENCE)
          .until(() -> hosts.http(ready, HTTP, "GET", "/readyz", "").ok());
    }
    Rest.Answer first = add(hosts, awaitLeader(hosts, ALL), "http://127.0.0.1:3");
    assertEquals(200, first.status(), first.body());
    long oldVersion = first.json().get("version").asLong();
    int leader = leaderThatFailedToHandOver(hosts);

    hosts.isolate(leader);
    List<Integer> majority =
        IntStream.rangeClosed(1, HOSTS).filter(h -> h != leader).boxed().toList();
    LinearizableReads reads = new LinearizableReads(hosts, leader);
    Thread reader = new Thread(reads);
    reader.start();
    long acknowledged;
    boolean refused = false;
    try {
      int heir = awaitLeader(hosts, majority);
      Rest.Answer second = add(hosts, heir, "http://127.0.0.1:4");
      assertEquals(200, second.status(), second.body());
      acknowledged = System.nanoTime();
      while (System.nanoTime() - acknowledged < WATCHED.toNanos()) {
        long asked = System.nanoTime();
        Rest.Answer map = hosts.http(leader, HTTP, "GET", "/cluster/map", "");
        if (map.ok()) {
          assertEquals(oldVersion, map.json().get("version").asLong());
          assertTrue(
              asked - acknowledged < STALENESS.toNanos(),
              "an old map " + (asked - acknowledged) / 1_000_000 + " ms after a newer one");
          assertFalse(refused, "the map came back though nothing had changed");
        } else {
          assertEquals(503, map.status(), map.body());
          refused = true;
        }
      }
      Rest.Answer write = add(hosts, leader, "http://127.0.0.1:5");
      assertTrue(write.status() == 503 || write.status() == 504, write.toString());
    } finally {
      reads.over = true;
      reader.join(Ensemble.PATIENCE.toMillis());
    }
    assertTrue(refused, "the isolated node went on serving its map");
    assertEquals(
        List.of(),
        reads.answered.stream()
            .filter(asked -> asked >= acknowledged)
            .map(asked -> (asked - acknowledged) / 1_000_000 + " ms")
            .toList(),
        "linearizable reads answered by the isolated leader, after the heir's acknowledgement");
    assertTrue(reads.refused > 0, "it was asked");

    hosts.heal(leader);
    await()
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> {
              Rest.Answer map = hosts.http(leader, HTTP, "GET", "/cluster/map", "");
              return map.ok() && map.json().get("version").asLong() > oldVersion;
            });
  }

  /** On a busy machine leadership may move by itself meanwhile: then it begins again. */
  private int leaderThatFailedToHandOver(Namespaces hosts) throws Exception {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      int leader = awaitLeader(hosts, ALL);
      int stopped = leader % HOSTS + 1;
      boolean failed = failsToHandOver(hosts, leader, stopped);
      await("c" + stopped + " follows again")
          .atMost(Ensemble.PATIENCE)
          .until(() -> hosts.http(stopped, HTTP, "GET", "/readyz", "").ok());
      if (failed && leads(hosts, leader)) {
        return leader;
      }
    }
    return fail("leadership moved by itself in each of " + MAX_ATTEMPTS + " attempts");
  }

  private boolean failsToHandOver(Namespaces hosts, int leader, int stopped) throws Exception {
    signal("STOP", stopped);
    try {
      return !hosts
          .http(leader, HTTP, "POST", "/cluster/leader/transfer", "{\"to\":\"c" + stopped + "\"}")
          .ok();
    } finally {
      signal("CONT", stopped);
    }
  }

  /** The members run in place of the command that puts them on their host. */
  private void signal(String name, int host) throws Exception {
    String pid = Long.toString(members.get(host - 1).pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  /** Asks for a linearizable read, again and again. */
  private static final class LinearizableReads implements Runnable {
    private final Namespaces hosts;
    private final int host;
    private final List<Long> answered = new CopyOnWriteArrayList<>();
    private volatile int refused;
    private volatile boolean over;

    LinearizableReads(Namespaces hosts, int host) {
      this.hosts = hosts;
      this.host = host;
    }

    @Override
    public void run() {
      int others = 0;
      while (!over) {
        long asked = System.nanoTime();
        if (reads()) {
          answered.add(asked);
        } else {
          refused = ++others;
        }
      }
    }

    private boolean reads() {
      try {
        return hosts.http(host, HTTP, "GET", "/cluster/map?consistency=linearizable", "").ok();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Namespaces network() {
    Namespaces namespaces = Namespaces.orAbort(HOSTS);
    network = Optional.of(namespaces);
    return namespaces;
  }

  private static Rest.Answer add(Namespaces hosts, int host, String url) throws IOException {
    return hosts.http(host, HTTP, "POST", "/cluster/shards", "{\"primary_url\":\"" + url + "\"}");
  }

  private static int awaitLeader(Namespaces hosts, List<Integer> among) {
    return await("a leader among " + among)
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> among.stream().filter(host -> leads(hosts, host)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static boolean leads(Namespaces hosts, int host) {
    try {
      Rest.Answer status = hosts.http(host, HTTP, "GET", "/cluster/status", "");
      return status.ok()
          && status.json().path("role").asText().equals("leader")
          && status.json().path("ready").asBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  private Process start(Namespaces hosts, int host, String timing) throws IOException {
    StringBuilder memberLines = new StringBuilder();
    for (int h = 1; h <= HOSTS; h++) {
      memberLines.append(
          "    - { id: c%d, raft: \"%s:6336\", http: \"http://%s:6335\" }%n"
              .formatted(h, hosts.address(h), hosts.address(h)));
    }
    Path config = folder.resolve("c" + host + ".yaml");
    Files.writeString(
        config,
        """
        node: { id: c%d, data_dir: "%s" }
        ensemble:
          name: isolated
          timing: %s
          members:
        %shttp: { listen: "0.0.0.0:6335" }
        raft: { listen: "0.0.0.0:6336" }
        auth: { insecure: true }
        bootstrap: { shards: [ "http://127.0.0.1:1" ] }
        """
            .formatted(host, folder.resolve("data" + host), timing, memberLines));
    List<String> java =
        BuiltJar.command(BuiltJar.UNOPTIMIZED, "serve", "--config", config.toString());
    File output = folder.resolve("c" + host + ".out").toFile();
    return new ProcessBuilder(hosts.on(host, java))
        .redirectErrorStream(true)
        .redirectOutput(output)
        .start();
  }
}
