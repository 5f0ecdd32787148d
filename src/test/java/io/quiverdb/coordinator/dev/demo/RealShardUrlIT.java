// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A shard of the published binary gets another address, in front of routers that remember. */
@Tag("interop")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealShardUrlIT {
  private static final String WAITS = "{ request_drain: 1s, data_timeout: 2s }";
  private static final int POINTS = 1_000;
  private static final int MOVED = 1;
  private static final String PUT = "/cluster/shards/" + MOVED + "/url";

  @TempDir Path folder;

  private RealCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = RealCluster.start(QuiverVersion.V1_1_0, folder.resolve("ensemble"), WAITS);
    RealCluster.awaitFormat2(cluster.demo());
    DevPoints.load(cluster.routers().get(0).toString(), POINTS);
  }

  @AfterEach
  void close() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  private QuiverClient member() {
    return QuiverClient.of(cluster.demo().members().get(1).http().toString());
  }

  private Reply put(String query, String url) {
    return member()
        .send(
            "PUT",
            PUT + query,
            Optional.of("application/json"),
            Optional.of("{\"primary_url\":\"" + url + "\"}"));
  }

  private List<String> failing(String url) {
    Reply found = put("?dry_run=true", url);
    assertEquals(200, found.status(), found::toString);
    List<String> names = new ArrayList<>();
    for (JsonNode check : found.json().path("checks")) {
      if (check.path("ok").isBoolean() && !check.path("ok").booleanValue()) {
        names.add(check.path("name").asText());
      }
    }
    return names;
  }

  /** The leader has seen all points, so that nothing but these checks is in the way. */
  private void awaitFailing(String url, String... names) throws Exception {
    cluster
        .demo()
        .await(
            "only " + List.of(names) + " is in the way", () -> failing(url).equals(List.of(names)));
  }

  private void awaitAdopted(Reply map) throws Exception {
    assertEquals(200, map.status(), map::toString);
    long version = map.json().path("version").asLong();
    for (URI router : cluster.routers()) {
      cluster
          .demo()
          .await(
              router + " adopts version " + version,
              () -> router(router).get("/cluster/map").json().path("version").asLong() == version);
    }
  }

  private static QuiverClient router(URI url) {
    return QuiverClient.of(url.toString());
  }

  private static String points() {
    return "/v1/collections/" + DevPoints.COLLECTION + "/points";
  }

  /** Points that belong to the shard. */
  private List<String> ids(String prefix, int many) {
    ShardMap map =
        new ShardMap(
            0,
            List.of(
                new Shard(0, "http://a:1", List.of()),
                new Shard(1, "http://b:1", List.of()),
                new Shard(2, "http://c:1", List.of())),
            List.of(),
            List.of());
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> prefix + i)
        .filter(id -> RendezvousHash.owner(map, id).orElseThrow() == MOVED)
        .limit(many)
        .toList();
  }

  private Reply write(URI router, String id) {
    return router(router).post(points(), "{\"points\":[" + DevPoints.point(id, 7) + "]}");
  }

  private static int status(String url, String id) {
    return QuiverClient.of(url).get(points() + "/" + id).status();
  }

  private void assertWritesAndReads(String url) {
    for (URI router : cluster.routers()) {
      for (String id : ids("later" + router.getPort() + "-", 3)) {
        Reply written = write(router, id);
        assertEquals(200, written.status(), written::toString);
        assertEquals(200, status(router.toString(), id));
        assertEquals(200, status(url, id), "it is at the new address");
      }
      for (int i = 0; i < POINTS; i += 10) {
        assertEquals(200, status(router.toString(), DevPoints.id(i)), DevPoints.id(i));
      }
      Reply found =
          router(router)
              .post(
                  "/v1/collections/" + DevPoints.COLLECTION + "/query",
                  "{\"vector\":" + DevPoints.vector(5) + ",\"k\":5}");
      assertEquals(200, found.status(), found::toString);
    }
  }

  /** Every router has written to the shard and remembers where it took that. */
  private void remember() {
    for (URI router : cluster.routers()) {
      for (String id : ids("early" + router.getPort() + "-", 2)) {
        assertEquals(200, write(router, id).status());
      }
    }
  }

  @Test
  void aShardThatWasRestartedAtAnotherPortWithItsData() throws Exception {
    remember();
    RealQuiver shard = cluster.shards().get(MOVED);
    String old = shard.url();
    awaitCounted(shard);
    shard.kill();
    assertEquals(500, write(cluster.routers().get(0), ids("x", 1).get(0)).status());
    shard.restartElsewhere();
    assertEquals(List.of(), failing(shard.url()));
    Reply map = put("", shard.url());
    assertTrue(!map.body().contains(old), map::toString);
    awaitAdopted(map);
    assertWritesAndReads(shard.url());
  }

  @Test
  void aReadReplicaThatIsPromotedAfterItsPrimaryDied() throws Exception {
    RealQuiver replica = cluster.replicate(MOVED);
    remember();
    // It has all points, and only its role and the living primary are in the way.
    awaitFailing(replica.url(), "new_url_writable", "old_url_refuses");
    Reply refused = put("", replica.url());
    assertEquals(409, refused.status(), refused::toString);
    cluster.shards().get(MOVED).kill();
    awaitFailing(replica.url(), "new_url_writable");
    replica.kill();
    replica.restartAsPrimary();
    assertEquals(List.of(), failing(replica.url()));
    Reply map = put("", replica.url());
    assertEquals(List.of(), replicas(map));
    awaitAdopted(map);
    assertWritesAndReads(replica.url());
  }

  private static List<String> replicas(Reply map) {
    assertEquals(200, map.status(), map::toString);
    List<String> urls = new ArrayList<>();
    map.json().path("shards").path(MOVED).path("replica_urls").forEach(u -> urls.add(u.asText()));
    return urls;
  }

  /**
   * Why a process at the old address is refused: routers that remember it write to it, and reads do
   * not find what it acknowledges.
   */
  @Test
  void theOldProcessLivesAndRoutersRememberIt() throws Exception {
    RealQuiver old = cluster.shards().get(MOVED);
    RealQuiver replica = cluster.replicate(MOVED);
    remember();
    awaitFailing(replica.url(), "new_url_writable", "old_url_refuses");
    replica.kill();
    replica.restartAsPrimary();
    assertEquals(List.of("old_url_refuses"), failing(replica.url()));
    Reply refused = put("", replica.url());
    assertEquals(409, refused.status(), refused::toString);
    assertEquals("old_url_refuses", refused.json().path("check").asText());
    assertTrue(refused.body().contains("takes connections"), refused::toString);

    Reply forced = put("?force=true", replica.url());
    awaitAdopted(forced);
    URI router = cluster.routers().get(0);
    String id = ids("trapped", 1).get(0);
    assertEquals(200, write(router, id).status(), "acknowledged");
    assertEquals(200, status(old.url(), id), "by the process that left the map");
    assertEquals(404, status(router.toString(), id), "and lost");
    assertTrue(
        member()
            .get("/cluster/history")
            .body()
            .contains("set_shard_url 1 " + replica.url() + " force"));

    old.kill();
    assertEquals(200, write(router, id).status(), "the next address in turn is the new one");
    assertEquals(200, status(router.toString(), id));
    old.restart();
    assertEquals(200, write(router, ids("after", 1).get(0)).status());
    assertEquals(
        200, status(replica.url(), ids("after", 1).get(0)), "a write there made it forget");
  }

  /** Shown by the refusal of an address that has no points. */
  private void awaitCounted(RealQuiver shard) throws Exception {
    long points =
        QuiverClient.of(shard.url()).get("/v1/collections").json().path(0).path("count").asLong();
    String wanted = DevPoints.COLLECTION + ": 0 points, not " + points + " ";
    cluster
        .demo()
        .await(
            "the leader has seen all " + points + " points",
            () -> put("?dry_run=true", cluster.spare().url()).body().contains(wanted));
  }
}
