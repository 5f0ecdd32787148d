// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified routers of both releases, one at each member, follow the map through a kill. */
@Tag("interop")
class RoutersFollowIT {
  /** Two polls, a request, and room for a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final List<String> SEEDS = List.of("http://127.0.0.1:1", "http://127.0.0.1:2");

  @TempDir Path folder;

  @Test
  void followWithoutKeys() throws IOException {
    follow(false);
  }

  @Test
  void followWithAReadKey() throws IOException {
    follow(true);
  }

  private void follow(boolean keyed) throws IOException {
    List<RealQuiver> routers = new ArrayList<>();
    try (Coordinators.Ours ours = Coordinators.ours(folder, SEEDS, keyed)) {
      try {
        for (String url : ours.urls()) {
          for (QuiverVersion version : QuiverVersion.values()) {
            routers.add(router(version, url, keyed ? "rea" : "any"));
          }
        }
        changeEverywhere(ours, routers);
        surviveTheLeader(ours, routers);
        if (keyed) {
          stayBehindWithAWrongKey(ours);
        }
      } finally {
        routers.forEach(RealQuiver::close);
      }
    }
  }

  private static RealQuiver router(QuiverVersion version, String coordinator, String key)
      throws IOException {
    return RealQuiver.of(version, List.of())
        .with("QUIVER_CLUSTER_SHARDS", SEEDS.toString())
        .with("QUIVER_COORDINATOR_URL", coordinator)
        .with("QUIVER_CLUSTER_SHARD_KEY", key)
        .start();
  }

  private static QuiverClient member(Coordinators.Ours ours, int index) {
    return QuiverClient.of(ours.urls().get(index)).withKey("adm");
  }

  private static String body(String url) {
    return "{\"primary_url\":\"" + url + "\"}";
  }

  private static void changeEverywhere(Coordinators.Ours ours, List<RealQuiver> routers) {
    show(routers, member(ours, 0).post("/cluster/shards", body("http://127.0.0.1:3")));
    show(routers, member(ours, 1).post("/cluster/shards/joining", body("http://127.0.0.1:4")));
    show(routers, member(ours, 2).send("POST", "/cluster/shards/3/promote"));
    show(routers, member(ours, 1).delete("/cluster/shards/0"));
  }

  private static void surviveTheLeader(Coordinators.Ours ours, List<RealQuiver> routers) {
    int killed = ours.killLeader();
    QuiverClient survivor = member(ours, (killed + 1) % 3);
    Reply changed =
        await("a change without the old leader")
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> survivor.post("/cluster/shards", body("http://127.0.0.1:5")),
                reply -> reply.status() == 200 || reply.status() == 409);
    Reply map = survivor.get("/cluster/map?consistency=linearizable");
    assertTrue(map.body().contains("http://127.0.0.1:5"), changed::toString);
    List<RealQuiver> others = new ArrayList<>(routers);
    others.subList(2 * killed, 2 * killed + 2).clear();
    show(others, map);
    ours.start();
    show(routers, member(ours, killed).delete("/cluster/shards/1"));
  }

  private static void stayBehindWithAWrongKey(Coordinators.Ours ours) throws IOException {
    try (RealQuiver stranger = router(QuiverVersion.V1_1_0, ours.urls().get(0), "bad")) {
      await("the alarm")
          .atMost(PATIENCE)
          .until(
              () ->
                  member(ours, 0).get("/cluster/status").body().contains("map_poll_unauthorized"));
      assertEquals(
          0, QuiverClient.of(stranger.url()).get("/cluster/map").json().path("version").asLong());
    }
  }

  /** Every router comes to echo this map, as its release knows it. */
  private static void show(List<RealQuiver> routers, Reply map) {
    assertEquals(200, map.status(), map::toString);
    for (int i = 0; i < routers.size(); i++) {
      QuiverClient router = QuiverClient.of(routers.get(i).url());
      await("router " + i + " at " + map.body())
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                String shown = router.get("/cluster/map").body();
                return shown.equals(map.body())
                    || shown.equals(map.body().replace(",\"leaving\":[]", ""));
              });
    }
  }
}
