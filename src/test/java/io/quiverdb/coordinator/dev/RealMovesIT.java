package io.quiverdb.coordinator.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.QuiverClient.Reply;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Moves on the published binaries: three shards, one of them with a read replica, two routers, and
 * a new shard. Every point is compared byte for byte before and after.
 */
@Tag("interop")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RealMovesIT {
  private static final String WAITS =
      "{ request_drain: 2s, data_timeout: 10s, map_staleness: 1s, router_grace: 3s }";
  private static final Map<String, Integer> COLLECTIONS =
      new TreeMap<>(Map.of("hnsw", 10_000, "ivf", 20_000, "vamana", 20_000));
  private static final int DIMENSION = 16;
  private static final int BATCH = 500;
  private static final int WRITERS = 4;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void pointsMoveByteForByte(QuiverVersion version) throws Exception {
    List<AutoCloseable> opened = new ArrayList<>();
    try (MemberCalls calls = new MemberCalls()) {
      play(version, opened, calls);
    } finally {
      for (int i = opened.size() - 1; i >= 0; i--) {
        opened.get(i).close();
      }
    }
  }

  private void play(QuiverVersion version, List<AutoCloseable> opened, MemberCalls calls)
      throws Exception {
    List<RealQuiver> shards = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      shards.add(start(RealQuiver.of(version, List.of()), opened));
    }
    RealQuiver spare = shards.remove(3);
    RealQuiver replica =
        start(
            RealQuiver.of(version, List.of()).with("QUIVER_LEADER_URL", shards.get(1).grpcUrl()),
            opened);
    List<String> urls = shards.stream().map(RealQuiver::url).toList();
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            LocalEnsemble.Plan.of(3, folder.resolve("ensemble"), 0, urls, List.of(), WAITS));
    opened.add(ensemble);
    ensemble.start();
    Stage stage = new Stage(ensemble, calls, System.out);
    for (MemberProcess member : stage.members()) {
      stage.await("member " + member.id() + " is ready", () -> stage.ready(member));
    }
    List<URI> routers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      RealQuiver router =
          start(
              RealQuiver.of(version, List.of())
                  .with("QUIVER_CLUSTER_SHARDS", urls.toString())
                  .with("QUIVER_COORDINATOR_URL", stage.members().get(i).http().toString()),
              opened);
      routers.add(URI.create(router.url()));
      post(calls, stage, "/cluster/routers", "{\"url\":\"" + router.url() + "\"}");
    }
    post(calls, stage, "/cluster/shards/1/replicas", "{\"url\":\"" + replica.url() + "\"}");
    load(routers.get(0));
    DevPoints.load(routers.get(0).toString(), BATCH);
    Map<String, String> before = everything(urls);
    assertTrue(before.size() >= 50_000, () -> before.size() + " points");

    PointWriters writers = new PointWriters(calls, routers, DevPoints.COLLECTION, WRITERS);
    PointReaders readers = new PointReaders(calls, routers, DevPoints.COLLECTION, BATCH);
    try {
      writers.start();
      readers.start();
      move(version, stage, spare);
      writers.stop();
      readers.stop();
    } finally {
      writers.abandon();
      readers.abandon();
    }
    Moves moves = new Moves(stage);
    ShardMap map = moves.map();
    List<String> serving = map.shards().stream().map(Shard::primaryUrl).toList();
    assertEquals(before, everything(serving));
    assertPlaced(map);
    for (Finding finding : moves.evidence(writers, readers, BATCH, spare.url()).findings()) {
      assertEquals(List.of(), finding.wrong(), finding.claim());
    }
  }

  /** Onto the new shard, its leader killed on the way, and back where routers can follow that. */
  private static void move(QuiverVersion version, Stage stage, RealQuiver spare) throws Exception {
    Moves moves = new Moves(stage);
    long id = moves.grow(spare.url());
    moves.throttle(id, 3_000);
    stage.await("it copies", LIMIT, () -> moves.copied(id) > 3_000);
    MemberProcess leader = stage.leader();
    double millis = stage.kill(leader);
    System.out.println("the leader was killed; another one led after " + (long) millis + " ms");
    stage.bringBack(leader);
    moves.throttle(id, 0);
    stage.await("move " + id + " ends", LIMIT, () -> moves.ended(id));
    moves.awaitEnd(id, "done");
    if (version == QuiverVersion.V1_1_0) {
      long back = moves.drain(spare.url());
      stage.await("move " + back + " ends", LIMIT, () -> moves.ended(back));
      moves.awaitEnd(back, "done");
    }
  }

  private static RealQuiver start(RealQuiver.Plan plan, List<AutoCloseable> opened)
      throws IOException {
    RealQuiver started = plan.start();
    opened.add(started);
    return started;
  }

  private static void post(MemberCalls calls, Stage stage, String path, String body) {
    MemberCalls.Answer answer = calls.post(stage.members().get(0).http(), path, body, "");
    assertTrue(answer.ok(), answer::told);
  }

  private static void load(URI router) {
    QuiverClient client = QuiverClient.of(router.toString());
    for (Map.Entry<String, Integer> collection : COLLECTIONS.entrySet()) {
      Reply created =
          client.post(
              "/v1/collections",
              "{\"name\":\"%s\",\"dim\":%d,\"metric\":\"l2\",\"index\":\"%s\"}"
                  .formatted(collection.getKey(), DIMENSION, collection.getKey()));
      assertTrue(created.status() < 300, created::toString);
      for (int first = 0; first < collection.getValue(); first += BATCH) {
        StringJoiner points = new StringJoiner(",", "{\"points\":[", "]}");
        for (int n = first; n < first + BATCH; n++) {
          points.add(point(n));
        }
        Reply written =
            client.post("/v1/collections/" + collection.getKey() + "/points", points.toString());
        assertTrue(written.status() < 300, written::toString);
      }
    }
  }

  private static String point(int n) {
    Random random = new Random(n);
    StringJoiner vector = new StringJoiner(",", "[", "]");
    for (int d = 0; d < DIMENSION; d++) {
      vector.add(Float.toString(random.nextFloat() * 2 - 1));
    }
    String payload =
        switch (n % 8) {
          case 0 -> "{}";
          case 1 -> "null";
          case 2 -> "{\"deep\":{\"er\":[1,[2,{\"x\":null}]]},\"a\":true}";
          case 3 -> "{\"text\":\"grüße 日本 🚀 \\\"quoted\\\" \\\\ \\n\"}";
          case 4 -> "{\"big\":18446744073709551615,\"small\":-9223372036854775808,\"f\":1.5e-7}";
          case 5 -> "[1,\"two\",3.25]";
          case 6 -> "\"only a text\"";
          default -> "{\"n\":" + n + "}";
        };
    String id =
        switch (n % 5) {
          case 0 -> n == 0 ? "" : "plain-" + n;
          case 1 -> "with/slash%2F-" + n;
          case 2 -> "ü-日-🚀-" + n;
          case 3 -> " spaced ?#-" + n;
          default -> Integer.toString(n);
        };
    return "{\"id\":\"%s\",\"vector\":%s,\"payload\":%s}".formatted(id, vector, payload);
  }

  /** The text of every point of the loaded collections; a point that stands twice fails. */
  private static Map<String, String> everything(List<String> shards) {
    Map<String, String> points = new TreeMap<>();
    for (String shard : shards) {
      for (String collection : COLLECTIONS.keySet()) {
        for (JsonNode point : rows(shard, collection)) {
          String key = collection + "/" + point.path("id").asText();
          assertEquals(null, points.put(key, point.toString()), key + " stands twice");
        }
      }
    }
    return points;
  }

  private static void assertPlaced(ShardMap map) {
    for (Shard shard : map.shards()) {
      for (String collection : COLLECTIONS.keySet()) {
        for (JsonNode point : rows(shard.primaryUrl(), collection)) {
          String id = point.path("id").asText();
          assertEquals(
              shard.id(), RendezvousHash.owner(map, id).orElseThrow(), collection + "/" + id);
        }
      }
    }
  }

  private static List<JsonNode> rows(String shard, String collection) {
    List<JsonNode> rows = new ArrayList<>();
    QuiverClient client = QuiverClient.of(shard);
    int got = BATCH;
    for (int offset = 0; got > 0; offset += got) {
      Reply page =
          client.post(
              "/v1/collections/" + collection + "/fetch",
              "{\"offset\":%d,\"limit\":10000,\"with_payload\":true,\"with_vector\":true}"
                  .formatted(offset));
      assertEquals(200, page.status(), page::toString);
      got = page.json().path("points").size();
      page.json().path("points").forEach(rows::add);
    }
    return rows;
  }
}
