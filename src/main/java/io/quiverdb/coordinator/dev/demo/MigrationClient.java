// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts and watches migrations like an operator's program, through any running member. */
final class MigrationClient {
  static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int PAGE = 10_000;
  private static final Set<String> AT_THE_FLIP = Set.of("PROMOTED", "REMOVED", "SETTLING");

  private final DemoContext demo;
  private final AtomicInteger turn = new AtomicInteger();
  private long newest;

  MigrationClient(DemoContext demo) {
    this.demo = demo;
  }

  long grow(String url) throws InterruptedException, TimeoutException {
    return start("/cluster/shards/grow", "{\"primary_url\":\"" + url + "\"}");
  }

  long drain(String url) throws InterruptedException, TimeoutException {
    return start("/cluster/shards/" + shardOf(url) + "/drain", "");
  }

  /** Whether the cancel was accepted, now or by an earlier call whose answer was lost. */
  boolean cancel(long id) {
    String path = "/cluster/migrations/" + id + "/cancel";
    return demo.calls().post(any(), path, "", "cancel-" + id).ok();
  }

  private long start(String path, String body) throws InterruptedException, TimeoutException {
    long[] begun = {0};
    String[] told = {""};
    try {
      demo.await(
          "a migration begins",
          () -> {
            // The member that answered has applied the start; others may lag.
            URI member = any();
            told[0] = demo.calls().post(member, path, body, "").told();
            begun[0] = active(member);
            return begun[0] > newest;
          });
    } catch (TimeoutException e) {
      throw new TimeoutException(e.getMessage() + "; the last answer was " + told[0]);
    }
    newest = begun[0];
    return newest;
  }

  /**
   * The id of the migration under way as a member sees it, which may be an earlier one; 0: none.
   */
  private long active(URI member) {
    return demo.calls().get(member, "/cluster/migrations/active").json().path("id").asLong();
  }

  void throttle(long id, int pointsPerSecond) throws InterruptedException, TimeoutException {
    demo.await(
        "the throttle is taken",
        () ->
            demo.calls()
                .put(
                    any(),
                    "/cluster/migrations/" + id + "/throttle",
                    "{\"points_per_second\":" + pointsPerSecond + "}")
                .ok());
  }

  JsonNode migration(long id) {
    return demo.calls().get(any(), "/cluster/migrations/" + id).json();
  }

  long copied(long id) {
    return migration(id).path("progress").path("points_done").asLong();
  }

  String phase(long id) {
    return phase(migration(id));
  }

  private static String phase(JsonNode migration) {
    return migration.path("phase").asText();
  }

  boolean ended(long id) {
    return ended(migration(id));
  }

  private static boolean ended(JsonNode migration) {
    JsonNode finished = migration.path("finished_at");
    return !finished.isNull() && !finished.isMissingNode();
  }

  /** Waits for its end and says each phase; fails if it ends in another state. */
  JsonNode awaitEnd(long id, String state) throws InterruptedException, TimeoutException {
    JsonNode end = awaitEnd(id);
    if (!end.path("state").asText().equals(state)) {
      throw new TimeoutException(
          "migration " + id + " ended " + end.path("state").asText() + ": " + end.path("error"));
    }
    return end;
  }

  /**
   * Waits for any end; returns the migration as the member that reported it sees it: others may
   * lag.
   */
  JsonNode awaitEnd(long id) throws InterruptedException, TimeoutException {
    JsonNode[] seen = new JsonNode[1];
    String[] told = {""};
    demo.await(
        "migration " + id + " ends",
        LIMIT,
        () -> {
          seen[0] = migration(id);
          String phase = phase(seen[0]);
          if (!phase.isEmpty() && !phase.equals(told[0])) {
            demo.say("  " + phase);
            told[0] = phase;
          }
          return ended(seen[0]);
        });
    return seen[0];
  }

  /** How routers adopted the flip of a migration that is done. */
  FlipVerdict.Flip flip(String name, JsonNode done, Adoptions adoptions) {
    List<JsonNode> steps = new ArrayList<>();
    done.path("steps").forEach(steps::add);
    long terms =
        steps.stream()
            .filter(step -> AT_THE_FLIP.contains(step.path("phase").asText()))
            .mapToLong(step -> step.path("term").asLong())
            .distinct()
            .count();
    long version = done.path("map_versions").path("after").asLong();
    List<Adoption> adopted = adoptions.of(version);
    long first = adopted.stream().mapToLong(Adoption::by).min().orElse(0);
    long last = adopted.stream().mapToLong(Adoption::by).max().orElse(0);
    boolean ready = adoptions.ready(first - Gate.LIMIT.toNanos(), last);
    return new FlipVerdict.Flip(name, terms == 1 && ready, adopted);
  }

  /** A running member; another one each time. */
  URI any() {
    List<MemberProcess> running = demo.members().stream().filter(MemberProcess::alive).toList();
    return running.get(turn.getAndIncrement() % running.size()).http();
  }

  private long shardOf(String url) throws InterruptedException, TimeoutException {
    return map().shards().stream()
        .filter(shard -> shard.primaryUrl().equals(url))
        .findFirst()
        .map(Shard::id)
        .orElseThrow(() -> new IllegalStateException(url + " is not in the map"));
  }

  /** The newest map; retries while no member can confirm it. */
  ShardMap map() throws InterruptedException, TimeoutException {
    MemberCalls.Answer[] last = new MemberCalls.Answer[1];
    demo.await(
        "a member answers for the newest map",
        () -> {
          last[0] = demo.calls().get(any(), "/cluster/map?consistency=linearizable");
          return last[0].ok();
        });
    return MapDemo.map(last[0].json());
  }

  /**
   * The evidence for the verdict.
   *
   * @param collection the one that the writers wrote to
   * @param missed what readers did not find
   * @param loaded how many points {@link DevPoints#load} wrote into it
   * @param outside a shard that the map may lack
   */
  PointVerdict evidence(
      String collection, PointWriters writers, List<String> missed, int loaded, String outside)
      throws InterruptedException, TimeoutException {
    Map<String, PossibleValues> expected = new TreeMap<>(writers.expected());
    for (int i = 0; i < loaded; i++) {
      expected.put(DevPoints.id(i), PossibleValues.exactly(Optional.of((long) i)));
    }
    ShardMap map = map();
    Map<Long, Map<String, Long>> standing = new TreeMap<>();
    for (Shard shard : map.shards()) {
      standing.put(shard.id(), points(collection, shard.primaryUrl()));
    }
    List<String> leftovers = new ArrayList<>();
    if (map.shards().stream().noneMatch(s -> s.primaryUrl().equals(outside))) {
      points(collection, outside)
          .keySet()
          .forEach(key -> leftovers.add(key + " is left on a shard outside the map"));
    }
    return new PointVerdict(expected, standing, leftovers, map, writers.failures(), missed);
  }

  /** All points of a shard; none if it has no such collection. */
  private Map<String, Long> points(String collection, String shard) {
    Map<String, Long> points = new TreeMap<>();
    int rows = PAGE;
    for (int offset = 0; rows == PAGE; offset += PAGE) {
      JsonNode page =
          demo.calls()
              .post(
                  URI.create(shard),
                  "/v1/collections/" + collection + "/fetch",
                  "{\"offset\":%d,\"limit\":%d,\"with_payload\":true,\"with_vector\":false}"
                      .formatted(offset, PAGE),
                  "")
              .json();
      rows = page.path("points").size();
      for (JsonNode point : page.path("points")) {
        points.put(point.path("id").asText(), point.path("payload").path("v").asLong());
      }
    }
    return points;
  }
}
