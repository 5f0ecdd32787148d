// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A backup of a cluster of the published binaries under writers. Then all is lost: the shards come
 * back from their snapshots, one of them at another address, and a new ensemble from the document.
 */
@Tag("interop")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealBackupIT {
  private static final String WAITS = "{ request_drain: 1s, data_timeout: 2s }";
  private static final int POINTS = 1_000;
  private static final int MOVED = 2;

  @TempDir Path folder;

  private static QuiverClient at(MemberProcess member) {
    return QuiverClient.of(member.http().toString());
  }

  private static JsonNode ok(Reply reply) {
    assertEquals(200, reply.status(), reply::toString);
    return reply.json();
  }

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void allComesBackFromABackup(QuiverVersion version) throws Exception {
    try (RealCluster cluster = RealCluster.start(version, folder.resolve("ensemble"), WAITS)) {
      DemoContext demo = cluster.demo();
      RealCluster.awaitFormat2(demo);
      DevPoints.load(cluster.routers().get(0).toString(), POINTS);
      PointWriters writers =
          new PointWriters(demo.calls(), cluster.routers(), DevPoints.COLLECTION, 3);
      JsonNode backup;
      try {
        writers.start();
        backup = backUp(demo);
        writers.stop();
      } finally {
        writers.abandon();
      }
      String document = at(demo.members().get(1)).get("/cluster/backups/1/document").body();
      for (MemberProcess member : demo.members()) {
        member.kill();
      }
      bringBack(cluster, backup);
      restore(cluster, version, document);
    }
  }

  private JsonNode backUp(DemoContext demo) throws Exception {
    QuiverClient member = at(demo.members().get(1));
    String destination = folder.resolve("snapshots").toString();
    ok(member.post("/cluster/backups", "{\"destination\":\"" + destination + "\"}"));
    return done(demo, member, "/cluster/backups/1", Duration.ofMinutes(1));
  }

  private static JsonNode done(DemoContext demo, QuiverClient member, String path, Duration limit)
      throws Exception {
    demo.await(
        path + " has ended",
        limit,
        () -> !member.get(path).json().path("state").asText().equals("running"));
    JsonNode ended = ok(member.get(path));
    assertEquals("done", ended.path("state").asText(), ended::toString);
    return ended;
  }

  private static void bringBack(RealCluster cluster, JsonNode backup) throws Exception {
    List<RealQuiver> shards = cluster.shards();
    for (int i = 0; i < shards.size(); i++) {
      JsonNode described = backup.path("shards").path(i);
      assertEquals(shards.get(i).url(), described.path("primary_url").asText());
      assertTrue(described.path("answer").path("bytes").asLong() > 0, described::toString);
      shards.get(i).kill();
      shards.get(i).replaceData(Path.of(described.path("directory").asText()));
      if (i == MOVED) {
        shards.get(i).restartElsewhere();
      } else {
        shards.get(i).restart();
      }
    }
  }

  private void restore(RealCluster cluster, QuiverVersion version, String document)
      throws Exception {
    // Any content will do: the document replaces it.
    List<String> first = cluster.urls().subList(0, 1);
    try (LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            LocalEnsemble.Plan.of(1, folder.resolve("restored"), 0, first, List.of(), WAITS))) {
      ensemble.start();
      DemoContext demo = new DemoContext(ensemble, cluster.demo().calls(), System.out);
      QuiverClient member = at(demo.members().get(0));
      demo.await("the new member is ready", () -> demo.ready(demo.members().get(0)));
      RealCluster.awaitFormat2(demo);
      ok(member.post("/cluster/restore", document));
      try (RealQuiver router =
          RealQuiver.of(version, List.of())
              .with("QUIVER_CLUSTER_SHARDS", cluster.urls().toString())
              .with("QUIVER_COORDINATOR_URL", demo.members().get(0).http().toString())
              .start()) {
        for (URI old : cluster.routers()) {
          ok(
              member.send(
                  "DELETE", "/cluster/routers?url=" + old, Optional.empty(), Optional.empty()));
        }
        ok(member.post("/cluster/routers", "{\"url\":\"" + router.url() + "\"}"));
        moved(demo, member, cluster.shards().get(MOVED).url());
        assertComplete(demo, member, router);
      }
    }
  }

  private static void moved(DemoContext demo, QuiverClient member, String url) throws Exception {
    demo.await(
        "shard " + MOVED + " is at " + url,
        () ->
            member
                    .send(
                        "PUT",
                        "/cluster/shards/" + MOVED + "/url?force=true",
                        Optional.of("application/json"),
                        Optional.of("{\"primary_url\":\"" + url + "\"}"))
                    .status()
                == 200);
  }

  private static void assertComplete(DemoContext demo, QuiverClient member, RealQuiver router)
      throws Exception {
    JsonNode map = ok(member.get("/cluster/map"));
    QuiverClient through = QuiverClient.of(router.url());
    // Not the whole map: that of 0.27.0 names no leaving shards.
    demo.await(
        "the router adopts it",
        () -> {
          JsonNode adopted = through.get("/cluster/map").json();
          return adopted.path("version").equals(map.path("version"))
              && adopted.path("shards").equals(map.path("shards"));
        });
    ok(member.post("/cluster/checks", "{\"kind\":\"verify\"}"));
    JsonNode check = done(demo, member, "/cluster/checks/1", Duration.ofMinutes(2));
    JsonNode result = check.path("result");
    assertTrue(result.path("points").asLong() >= POINTS, check::toString);
    assertEquals(
        "{\"same\":0,\"differing\":0,\"only_copy\":0}",
        result.path("strays").toString(),
        check::toString);
    for (int i = 0; i < POINTS; i++) {
      ok(through.get("/v1/collections/" + DevPoints.COLLECTION + "/points/" + DevPoints.id(i)));
    }
  }
}
