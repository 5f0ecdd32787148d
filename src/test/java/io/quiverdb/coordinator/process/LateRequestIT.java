// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packets get lost between a leader and the shard that it copies to; it gives up a request, and the
 * migration comes to its flip all the same. Then clients overwrite every point, and the packets
 * pass again: what was given up does not arrive, or it would undo what was acknowledged.
 */
@Timeout(240)
class LateRequestIT {
  private static final int SHARDS = 4;
  private static final int POINTS = 200;
  private static final String COLLECTION = "/v1/collections/docs";
  private static final Duration LOOK = Duration.ofMillis(100);

  /** A request with five points is longer than this, and everything else is shorter. */
  private static final long BYTES = 1_000;

  /**
   * A kernel sends again 12.6 s after it sent for the first time, and then after 25.4 s: what comes
   * to its flip in between meets what was given up.
   */
  private static final Duration LOST = Duration.ofMillis(13_500);

  /** A request for points, and a look at the shard's health, come once a second. */
  private static final Duration STOPPED = Duration.ofMillis(1_300);

  private static final Set<String> FLIPPED = Set.of("SETTLING", "DROPPING", "COOLING", "DONE");

  @TempDir Path folder;
  private Optional<HostedMembers> members = Optional.empty();
  private Optional<Process> shards = Optional.empty();
  private int polled;

  @AfterEach
  void end() {
    shards.ifPresent(process -> process.destroyForcibly().onExit().join());
    members.ifPresent(HostedMembers::close);
  }

  @Test
  void nothingArrivesThatADeposedLeaderGaveUp() throws Exception {
    begin();
    nextLeader(false);
  }

  /** Nobody is left to give it up. */
  @Test
  @Tag("chaos")
  void nothingArrivesThatAKilledLeaderHadSent() throws Exception {
    begin();
    nextLeader(true);
  }

  @Test
  @Tag("chaos")
  void nothingArrivesThatTheSameLeaderGaveUp() throws Exception {
    begin();
    sameLeader();
  }

  private HostedMembers members() {
    return members.orElseThrow();
  }

  private Namespaces network() {
    return members().network;
  }

  private void begin() throws Exception {
    members = Optional.of(HostedMembers.started(folder, 1, LateRequestIT::settings));
    int leader = members().awaitLeader(HostedMembers.HOSTS);
    polled = others(leader).get(0);
    String address = network().address(SHARDS);
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            HostedShards.class.getName(),
            address,
            "http://" + network().address(polled) + ":" + HostedMembers.HTTP);
    Process process =
        new ProcessBuilder(network().on(SHARDS, java))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    shards = Optional.of(process);
    assertEquals("READY\n", new String(process.getInputStream().readNBytes(6), "US-ASCII"));
    Rest.Answer registered =
        members()
            .ask(
                leader,
                "POST",
                "/cluster/routers",
                "{\"url\":\"" + url(HostedShards.ROUTER) + "\"}");
    assertTrue(registered.ok(), registered.toString());
    Rest.Answer created =
        router(
            "POST",
            "/v1/collections",
            "{\"name\":\"docs\",\"dim\":2,\"metric\":\"l2\",\"index\":\"hnsw\"}");
    assertTrue(created.ok(), created.toString());
    write(0);
  }

  private static String settings(Namespaces network) {
    return """
    bootstrap: { map_version: 1, shards: [ "http://%s:%d" ] }
    shards: { request_timeout: 2s }
    migration: { request_drain: 300ms, data_timeout: 2s, map_staleness: 1s, target_unhealthy: 2m }
    """
        .formatted(network.address(SHARDS), HostedShards.DONOR);
  }

  private String url(int port) {
    return "http://" + network().address(SHARDS) + ":" + port;
  }

  private static List<Integer> others(int host) {
    return HostedMembers.HOSTS.stream().filter(other -> other != host).toList();
  }

  /** The leader that gave up goes on when packets pass again. */
  private void sameLeader() throws Exception {
    int leader = leader();
    long id = copying(leader);
    long sent = loseOne(leader);
    await().atMost(Ensemble.PATIENCE).until(() -> passed(sent, LOST.minusSeconds(1)));
    throttle(leader, id, 0);
    await().atMost(Ensemble.PATIENCE).until(() -> passed(sent, LOST));
    network().uncut(leader, SHARDS, HostedShards.JOINING);
    awaitPhase(List.of(leader), id, FLIPPED);
    write(id);
    assertNothingArrives(leader, id);
    awaitPhase(List.of(leader), id, Set.of("DONE"));
  }

  /**
   * Another leader ends the migration, to which nothing is lost, and then the packets pass again.
   */
  private void nextLeader(boolean killed) throws Exception {
    int leader = leader();
    long id = copying(leader);
    long unused = loseOne(leader);
    if (killed) {
      members().kill(leader);
    } else {
      network().isolate(leader);
    }
    int heir = members().awaitLeader(others(leader));
    throttle(heir, id, 0);
    awaitPhase(others(leader), id, FLIPPED);
    write(id);
    network().uncut(leader, SHARDS, HostedShards.JOINING);
    if (!killed) {
      network().heal(leader);
    }
    assertNothingArrives(leader, id);
    awaitPhase(others(leader), id, Set.of("DONE"));
  }

  /** Not the member that the router polls. */
  private int leader() {
    return await()
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> {
              int leader = members().awaitLeader(HostedMembers.HOSTS);
              if (leader == polled) {
                var unused = members().post(leader, "/cluster/leader/transfer");
              }
              return leader;
            },
            found -> found != polled);
  }

  /** A migration that has begun to copy, slowly. */
  private long copying(int leader) {
    String body = "{\"primary_url\":\"" + url(HostedShards.JOINING) + "\"}";
    String[] told = {""};
    try {
      await("a migration begins")
          .atMost(Ensemble.PATIENCE)
          .pollInterval(LOOK)
          .until(
              () -> {
                Rest.Answer answer = members().ask(leader, "POST", "/cluster/shards/grow", body);
                told[0] = answer.toString();
                return answer.ok();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(told[0], e);
    }
    long id = members().get(leader, "/cluster/migrations/active").json().path("id").asLong();
    throttle(leader, id, 20);
    await("points come")
        .atMost(Ensemble.PATIENCE)
        .pollInterval(LOOK)
        .until(() -> !points().isEmpty());
    return id;
  }

  /** Loses a request, and everything else to that shard from now on; gives the moment. */
  private long loseOne(int leader) throws Exception {
    haveTwoConnectionsMade();
    network().cut(leader, SHARDS, HostedShards.JOINING);
    await("a request is under way")
        .atMost(Ensemble.PATIENCE)
        .pollInterval(LOOK)
        .until(() -> network().unsent(leader, SHARDS, HostedShards.JOINING) > BYTES);
    return System.nanoTime();
  }

  /** What watches the shard would take the only one, and points would wait for another. */
  private void haveTwoConnectionsMade() throws Exception {
    signal("STOP");
    long stopped = System.nanoTime();
    await().atMost(Ensemble.PATIENCE).until(() -> passed(stopped, STOPPED));
    signal("CONT");
  }

  /** The process runs in place of the command that puts it on its host. */
  private void signal(String name) throws Exception {
    String pid = Long.toString(shards.orElseThrow().pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  private void assertNothingArrives(int leader, long newest) {
    await("the kernel of the leader's host has nothing left for the shard")
        .atMost(Ensemble.PATIENCE)
        .pollInterval(LOOK)
        .until(() -> network().unsent(leader, SHARDS, HostedShards.JOINING) < BYTES);
    TreeMap<String, Long> old = points();
    assertTrue(old.size() > POINTS / 10, old.toString());
    old.values().removeIf(value -> value == newest);
    assertEquals(new TreeMap<String, Long>(), old, "acknowledged as " + newest + ", and lost");
  }

  private void throttle(int host, long id, int limit) {
    String body = "{\"points_per_second\":" + limit + "}";
    await("the throttle is taken")
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> members().ask(host, "PUT", "/cluster/migrations/" + id + "/throttle", body).ok());
  }

  private void awaitPhase(List<Integer> hosts, long id, Set<String> phases) {
    JsonNode[] seen = new JsonNode[1];
    try {
      await("the migration comes to " + phases)
          .atMost(Ensemble.PATIENCE)
          .pollInterval(LOOK)
          .until(
              () -> {
                for (int host : hosts) {
                  Rest.Answer answer = members().get(host, "/cluster/migrations/" + id);
                  if (answer.ok()) {
                    seen[0] = answer.json();
                    if (phases.contains(seen[0].path("phase").asText())) {
                      return true;
                    }
                  }
                }
                return false;
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(seen[0] + "\n" + members().lastWords(), e);
    }
  }

  private static boolean passed(long since, Duration time) {
    return System.nanoTime() - since > time.toNanos();
  }

  private Rest.Answer router(String method, String path, String body) throws IOException {
    return network().http(SHARDS, HostedShards.ROUTER, method, path, body);
  }

  /** Through the router, which must acknowledge it. */
  private void write(long value) throws IOException {
    StringJoiner points = new StringJoiner(",", "{\"points\":[", "]}");
    for (int i = 0; i < POINTS; i++) {
      points.add(
          "{\"id\":\"p%d\",\"vector\":[1,%d],\"payload\":{\"v\":%d,\"text\":\"%s\"}}"
              .formatted(i, i, value, "x".repeat(350)));
    }
    Rest.Answer written = router("POST", COLLECTION + "/points", points.toString());
    assertEquals(200, written.status(), written.toString());
  }

  /** What the new shard holds. */
  private TreeMap<String, Long> points() {
    try {
      Rest.Answer page =
          network()
              .http(
                  SHARDS,
                  HostedShards.JOINING,
                  "POST",
                  COLLECTION + "/fetch",
                  "{\"offset\":0,\"limit\":1000,\"with_payload\":true,\"with_vector\":false}");
      TreeMap<String, Long> found = new TreeMap<>();
      if (page.ok()) {
        page.json()
            .path("points")
            .forEach(
                point ->
                    found.put(point.path("id").asText(), point.path("payload").path("v").asLong()));
      }
      return found;
    } catch (IOException e) {
      throw new AssertionError("the shards do not answer", e);
    }
  }
}
