// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.DevShards;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Shards and routers together: without sockets as a simulation has them, and with them. */
class InMemoryClusterTest {
  private static final List<Point> POINTS =
      IntStream.range(0, 100)
          .mapToObj(i -> new Point("p" + i, FloatVector.of(i), "{\"n\":" + i + "}"))
          .toList();

  /** A router whose calls reach shards in the same process. */
  private static RouterCore router(ShardMap seed, Map<String, ShardCore> shards) {
    return new RouterCore(
        QuiverVersion.V1_1_0,
        Limits.DEFAULT,
        seed,
        (method, url, json) -> {
          int pathStart = url.indexOf('/', "http://".length());
          ShardCore shard = shards.get(url.substring(0, pathStart));
          if (shard == null) {
            throw new IOException("nobody at " + url);
          }
          String path = url.substring(pathStart);
          return new QuiverApi(shard, List.of(), nanos -> {})
              .answer(
                  json.map(body -> QuiverRequest.of(method, path, body))
                      .orElseGet(() -> QuiverRequest.of(method, path)));
        });
  }

  @Test
  void aSimulationNeedsNoSocket() {
    Map<String, ShardCore> shards =
        Map.of(
            "http://a", ShardCore.of(QuiverVersion.V1_1_0),
            "http://b", ShardCore.of(QuiverVersion.V1_1_0),
            "http://c", ShardCore.of(QuiverVersion.V1_1_0));
    ShardMap seed = RouterCore.seed(List.of("http://a", "http://b"));
    RouterCore router = router(seed, shards);
    router.create(CollectionSchema.of("docs", 1, Metric.L2, IndexKind.HNSW));
    assertEquals(100, router.upsert("docs", POINTS, false));
    long onA = shards.get("http://a").collection("docs").count();
    long onB = shards.get("http://b").collection("docs").count();
    assertEquals(100, onA + onB);
    assertEquals(true, onA > 20 && onB > 20, onA + " and " + onB);
    for (Point point : POINTS) {
      assertEquals(Optional.of(point), router.point("docs", point.id()));
    }

    ShardMap joining = ((Changed) seed.addJoining(2, "http://c", List.of())).map();
    assertEquals(true, router.adopt(joining));
    assertEquals(false, router.adopt(joining));
    assertThrows(QuiverError.class, () -> router.upsert("docs", POINTS, false));
    shards.get("http://c").create(CollectionSchema.of("docs", 1, Metric.L2, IndexKind.HNSW));
    assertEquals(100, router.upsert("docs", POINTS, false));
    assertEquals(true, shards.get("http://c").collection("docs").count() > 10);
    assertEquals(
        100,
        shards.get("http://a").collection("docs").count()
            + shards.get("http://b").collection("docs").count(),
        "the donors have all of them still");
    assertEquals(100, router.delete("docs", POINTS.stream().map(Point::id).toList()));
    shards.values().forEach(shard -> assertEquals(0, shard.collection("docs").count()));
  }

  @Test
  void aDevClusterServesOverHttp() throws IOException {
    try (DevShards shards = DevShards.start(List.of(0, 0, 0));
        StubCluster coordinator = new StubCluster();
        DevRouters routers =
            DevRouters.start(List.of(0, 0), shards.urls(), List.of(coordinator.coordinator()))) {
      assertEquals(3, List.copyOf(shards.urls()).size());
      List<QuiverClient> clients = new ArrayList<>();
      routers.urls().forEach(url -> clients.add(QuiverClient.of(url)));
      assertEquals(
          200, clients.get(0).post("/v1/collections", "{\"name\":\"docs\",\"dim\":1}").status());
      clients
          .get(0)
          .post("/v1/collections/docs/points", QuiverJson.points(POINTS))
          .is("{\"upserted\":100}");
      assertEquals(200, clients.get(1).get("/v1/collections/docs/points/p7").status());
      assertEquals(
          100, shards.servers().stream().mapToLong(s -> s.core().collection("docs").count()).sum());
      clients
          .get(1)
          .post("/v1/collections/docs/query", "{\"vector\":[42],\"k\":1}")
          .is("{\"matches\":[{\"id\":\"p42\",\"score\":0.0,\"payload\":{\"n\":42}}]}");
      await().until(() -> !coordinator.polls().isEmpty());
    }
  }

  @Test
  void aTakenPortLeavesNothingRunning() throws IOException {
    try (DevShards first = DevShards.start(List.of(0))) {
      int taken = Integer.parseInt(first.urls().get(0).split(":")[2]);
      IOException refused =
          assertThrows(IOException.class, () -> DevShards.start(List.of(0, taken)));
      assertEquals(true, refused.getMessage().contains(":" + taken), refused::getMessage);
    }
  }
}
