// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster that Quiver's own coordinator has grown under writers, and that this one takes over: a
 * verification counts the points that were left where they do not belong, and a sweep removes them.
 */
@Tag("interop")
class VerifyInheritedIT {
  private static final String DOCS = "/v1/collections/docs";
  private static final int POINTS = 3_000;
  private static final int BATCH = 100;
  private static final int WRITERS = 6;

  @TempDir Path folder;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<RealQuiver> shards = new ArrayList<>();
  private final List<RealQuiver> routers = new ArrayList<>();

  private RealQuiver opened(RealQuiver.Plan plan) throws Exception {
    RealQuiver started = plan.start();
    opened.add(started);
    return started;
  }

  @Test
  void findsWhatTheSingleNodeCoordinatorLeft() throws Exception {
    try {
      grownByItself();
      long strays = awaitRest();
      assertTrue(strays > 0, "it left none");
      try (Coordinators.Ours ours = Coordinators.ours(folder, urls(), false)) {
        JsonNode report = verified(ours).path("result");
        long found = 0;
        for (JsonNode count : report.path("strays")) {
          found += count.asLong();
        }
        assertEquals(strays, found, report::toString);
        assertEquals(ids().stream().mapToInt(List::size).sum(), report.path("points").asInt());
        TreeSet<String> readable = readable(ids());
        followedBy(ours);
        sweep(ours, strays);
        assertEquals(0, strays());
        JsonNode clean = verified(ours).path("result").path("strays");
        for (JsonNode count : clean) {
          assertEquals(0, count.asLong(), clean::toString);
        }
        assertEquals(readable, readable(ids()), "every owner has what it had");
      }
    } finally {
      for (int i = opened.size() - 1; i >= 0; i--) {
        opened.get(i).close();
      }
    }
  }

  /** The points that routers find: those on their owners. */
  private TreeSet<String> readable(List<List<String>> ids) {
    ShardMap map = map();
    TreeSet<String> readable = new TreeSet<>();
    for (int i = 0; i < ids.size(); i++) {
      for (String id : ids.get(i)) {
        if (RendezvousHash.owner(map, id).orElseThrow() == i) {
          readable.add(id);
        }
      }
    }
    return readable;
  }

  /** The routers are started anew, at this coordinator. */
  private void followedBy(Coordinators.Ours ours) throws Exception {
    for (RealQuiver old : routers) {
      old.close();
    }
    String coordinator = ours.urls().get(0);
    RealQuiver router = router(urls(), coordinator);
    Reply registered =
        QuiverClient.of(coordinator)
            .post("/cluster/routers", "{\"url\":\"%s\"}".formatted(router.url()));
    assertEquals(200, registered.status(), registered::toString);
  }

  private static void sweep(Coordinators.Ours ours, long strays) {
    QuiverClient member = QuiverClient.of(ours.urls().get(2));
    String path = "/cluster/checks/1";
    JsonNode would = member.post(path + "/sweep?dry_run=true", "{}").json();
    assertEquals(strays, would.path("removed").asLong(), would::toString);
    Reply begun = member.post(path + "/sweep", "{\"spill_limit\":%d}".formatted(POINTS));
    assertEquals(200, begun.status(), begun::toString);
    JsonNode swept =
        await("the end of the sweep")
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> member.get(path).json().path("sweep"),
                sweep -> !sweep.path("state").asText().equals("running"));
    assertEquals("done", swept.path("state").asText(), swept::toString);
    assertEquals(strays, swept.path("removed").asLong(), swept::toString);
  }

  private List<String> urls() {
    return shards.stream().map(RealQuiver::url).toList();
  }

  private RealQuiver router(List<String> seeds, String coordinator) throws Exception {
    return opened(
        RealQuiver.of(QuiverVersion.V1_1_0, List.of())
            .with("QUIVER_CLUSTER_SHARDS", seeds.toString())
            .with("QUIVER_COORDINATOR_URL", coordinator));
  }

  /** Three shards, and a fourth one that joins while clients write. */
  private void grownByItself() throws Exception {
    for (int i = 0; i < 4; i++) {
      shards.add(opened(RealQuiver.of(QuiverVersion.V1_1_0, List.of())));
    }
    List<String> first = urls().subList(0, 3);
    RealQuiver coordinator =
        opened(
            RealQuiver.of(QuiverVersion.V1_1_0, List.of())
                .with("QUIVER_COORDINATOR", "true")
                .with("QUIVER_CLUSTER_SHARDS", first.toString()));
    for (int i = 0; i < 2; i++) {
      routers.add(router(first, coordinator.url()));
    }
    QuiverClient client = QuiverClient.of(routers.get(0).url());
    Reply created =
        client.post(
            "/v1/collections", "{\"name\":\"docs\",\"dim\":4,\"metric\":\"l2\",\"index\":\"ivf\"}");
    assertTrue(created.status() < 300, created::toString);
    for (int from = 0; from < POINTS; from += BATCH) {
      put(client, from, BATCH, 0);
    }
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      QuiverClient its = QuiverClient.of(routers.get(i % 2).url());
      AtomicInteger next = new AtomicInteger(i * 397);
      Thread writer = new Thread(() -> write(its, next, stop), "writer-" + i);
      writers.add(writer);
      writer.start();
    }
    try {
      Reply grown =
          QuiverClient.of(coordinator.url())
              .post(
                  "/cluster/shards/grow",
                  "{\"primary_url\":\"" + shards.get(3).url() + "\",\"replica_urls\":[]}");
      assertTrue(grown.status() < 300, grown::toString);
      await("the flip")
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                JsonNode map = QuiverClient.of(coordinator.url()).get("/cluster/map").json();
                return map.path("shards").size() == 4 && map.path("joining").isEmpty();
              });
      // Routers adopt it within two seconds, and the old copies are dropped meanwhile.
      await("writers go on a little")
          .pollDelay(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(10))
          .until(() -> true);
    } finally {
      stop.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
  }

  private static void write(QuiverClient client, AtomicInteger next, AtomicBoolean stop) {
    int round = 1;
    while (!stop.get()) {
      int point = next.getAndAdd(7) % POINTS;
      if (round % 2 == 0) {
        // It leaves on the donor what its new owner lacks when it drops the copies.
        var unused =
            client.send(
                "DELETE",
                DOCS + "/points",
                Optional.of("application/json"),
                Optional.of("{\"ids\":[\"p" + point + "\"]}"));
      } else {
        put(client, point, 1, round);
      }
      round++;
    }
  }

  private static void put(QuiverClient client, int from, int points, int value) {
    StringBuilder body = new StringBuilder("{\"points\":[");
    for (int i = from; i < from + points; i++) {
      body.append(i > from ? "," : "")
          .append(
              "{\"id\":\"p%d\",\"vector\":[%d,1,2,3],\"payload\":{\"v\":%d}}"
                  .formatted(i, i, value));
    }
    // Some writes fail during its grow: that is known, and no matter here.
    var unused = client.post(DOCS + "/points", body.append("]}").toString());
  }

  /** Returns how many strays there are once their number stays the same. */
  private long awaitRest() {
    long[] last = {-1, 0};
    await("its drop ends")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              long now = strays();
              last[1] = now == last[0] ? last[1] + 1 : 0;
              last[0] = now;
              return last[1] >= 4;
            });
    return last[0];
  }

  private long strays() {
    List<List<String>> ids = ids();
    return ids.stream().mapToInt(List::size).sum() - readable(ids).size();
  }

  private ShardMap map() {
    List<Shard> all = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      all.add(new Shard(i, shards.get(i).url(), List.of()));
    }
    return new ShardMap(1, all, List.of(), List.of());
  }

  /** What each shard holds. */
  private List<List<String>> ids() {
    List<List<String>> all = new ArrayList<>();
    for (RealQuiver shard : shards) {
      List<String> ids = new ArrayList<>();
      Reply page =
          QuiverClient.of(shard.url())
              .post(
                  DOCS + "/fetch",
                  "{\"offset\":0,\"limit\":10000,\"with_payload\":false,\"with_vector\":false}");
      page.json().path("points").forEach(point -> ids.add(point.path("id").asText()));
      all.add(ids);
    }
    return all;
  }

  private static JsonNode verified(Coordinators.Ours ours) {
    QuiverClient member = QuiverClient.of(ours.urls().get(1));
    Reply[] begun = new Reply[1];
    await("the log is at format 2")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              begun[0] = member.post("/cluster/checks", "{\"kind\":\"verify\"}");
              return begun[0].status() == 200;
            });
    String path = "/cluster/checks/" + begun[0].json().path("id").asText();
    JsonNode ended =
        await("its end")
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> member.get(path).json(),
                check -> !check.path("state").asText().equals("running"));
    assertEquals("done", ended.path("state").asText(), ended::toString);
    return ended;
  }
}
