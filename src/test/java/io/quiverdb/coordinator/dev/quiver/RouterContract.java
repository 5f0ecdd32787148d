// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.StubCluster.Call;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The behaviour of every router with its map, in memory or real. */
abstract class RouterContract extends RouterUnderTest {
  private static final String C = "/v1/collections/c";
  private static final Path GOLDEN = Path.of("src/test/resources/golden/rendezvous.jsonl");
  private static final int GOLDEN_MAPS = 3;

  RouterContract(QuiverFixture nodes) {
    super(nodes);
  }

  @Test
  void livesAndShowsItsMapByteForByte() {
    assertEquals("ok", router.get("/healthz").body());
    assertEquals("ready", router.get("/readyz").body());
    ShardMap map = map(List.of(7L, 1L << 40), List.of(7L), List.of());
    adopt(map);
    router.get("/cluster/map").is(newest ? json(map) : json(map).replace(",\"leaving\":[]", ""));
  }

  @Test
  void beginsWithItsSeedsAtVersionZero() throws IOException {
    QuiverClient alone =
        QuiverClient.of(nodes.router(List.of("http://127.0.0.1:1"), Optional.empty(), false));
    alone
        .get("/cluster/map")
        .is(
            "{\"version\":0,\"shards\":[{\"id\":0,\"primary_url\":\"http://127.0.0.1:1\","
                + "\"replica_urls\":[]}],\"joining\":[]"
                + (newest ? ",\"leaving\":[]}" : "}"));
    alone.post(C + "/points", points(List.of("a"))).isProblem(500);
    alone.post(C + "/points", points(List.of())).is("{\"upserted\":0}");
    alone.get(C + "/points/a").isProblem(500);
  }

  @Test
  void doesNotServeWhatIsNotRouted() {
    List<Reply> replies =
        List.of(router.get("/v1/collections"), router.get(C), router.post(C + "/fetch", "{}"));
    if (newest) {
      replies.forEach(reply -> reply.isProblem(501));
    } else {
      // From a store of its own, which is empty.
      replies.get(0).is("[]");
      replies.get(1).isProblem(404);
      replies.get(2).isProblem(404);
    }
  }

  @Test
  void adoptsOnlyWhatIsStrictlyNewer() {
    ShardMap held = map(List.of(1L), List.of(), List.of());
    adopt(held);
    String shown = router.get("/cluster/map").body();
    for (String other :
        List.of(
            json(map(List.of(5L), List.of(), List.of()).withVersion(held.version())),
            json(map(List.of(5L), List.of(), List.of()).withVersion(held.version() - 1)),
            "{\"shards\":[]}",
            "{\"version\":99999}",
            "garbage",
            "")) {
      cluster.serveMap(other);
      awaitPolls(2);
      assertEquals(shown, router.get("/cluster/map").body(), other);
    }
    cluster.serveMap(500, json(map(List.of(5L), List.of(), List.of())));
    awaitPolls(2);
    assertEquals(shown, router.get("/cluster/map").body());
    lastVersion++;
    cluster.serveMap(
        "{\"zzz\":1,\"version\":%d,\"shards\":[{\"id\":3,\"primary_url\":\"http://u\"}]}"
            .formatted(lastVersion));
    awaitVersion(lastVersion);
    assertEquals(
        "http://u", router.get("/cluster/map").json().at("/shards/0/primary_url").asText());
  }

  @Test
  void presentsItsShardKeyEverywhere() {
    adopt(map(List.of(1L), List.of(), List.of()));
    router.post(C + "/points", points(List.of("a")));
    awaitPolls(1);
    List<Call> all = new ArrayList<>(cluster.takeCalls());
    all.addAll(cluster.polls());
    assertTrue(all.size() > 1);
    for (Call call : all) {
      assertEquals("Bearer sk", call.header("Authorization"), call::toString);
      assertFalse(call.headers().containsKey("If-none-match"), call::toString);
    }
  }

  @Test
  void sendsEachPointToItsOwner() throws IOException {
    for (JsonNode golden : goldenMaps()) {
      List<Long> shardIds = longs(golden.path("shards"));
      ShardMap map = map(shardIds, longs(golden.path("joining")), longs(golden.path("leaving")));
      adopt(map);
      List<String> pointIds = new ArrayList<>();
      golden.path("points").forEach(point -> pointIds.add(point.get(0).asText()));
      router.post(C + "/points", points(pointIds)).is("{\"upserted\":" + pointIds.size() + "}");
      checkDualWrite(map, pointIds, cluster.takeCalls());
    }
  }

  private static List<JsonNode> goldenMaps() throws IOException {
    List<JsonNode> maps = new ArrayList<>();
    for (String line : Files.readAllLines(GOLDEN)) {
      JsonNode map = QuiverClient.JSON.readTree(line);
      if (maps.size() < GOLDEN_MAPS && !map.path("joining").isEmpty()) {
        maps.add(map);
      }
    }
    assertEquals(GOLDEN_MAPS, maps.size());
    return maps;
  }

  private static List<Long> longs(JsonNode array) {
    List<Long> longs = new ArrayList<>();
    array.forEach(number -> longs.add(number.asLong()));
    return longs;
  }

  @Test
  void writesBulksAsBulksAndPayloadsAsTheyAre() {
    adopt(map(List.of(1L), List.of(), List.of()));
    router.post(C + "/points:bulk", points(List.of("a"))).is("{\"upserted\":1}");
    Call call = cluster.takeCalls().get(0);
    assertEquals(C + "/points:bulk", call.path());
    assertEquals("{\"i\":1.1}", call.parsed().at("/points/0/payload").toString());
    router
        .post(C + "/points", points(IntStream.range(0, 1001).mapToObj(i -> "x").toList()))
        .isProblem(400);
    assertEquals(List.of(), cluster.takeCalls());
  }

  @Test
  void writesToOwnerAndDonorWhileAShardJoins() {
    ShardMap map = map(List.of(1L, 2L, 3L), List.of(3L), List.of());
    adopt(map);
    router.post(C + "/points", points(some())).is("{\"upserted\":40}");
    checkDualWrite(map, some(), cluster.takeCalls());
    router.delete(C + "/points", ids(some())).is("{\"deleted\":40}");
    List<Call> deletes = cluster.takeCalls();
    assertTrue(deletes.stream().allMatch(call -> call.method().equals("DELETE")));
    checkDualWrite(map, some(), deletes);
    for (String id : some()) {
      router.get(C + "/points/" + id).isEmpty(404);
      OptionalLong donor = RendezvousHash.donor(map, id);
      long holder = (donor.isPresent() ? donor : RendezvousHash.owner(map, id)).getAsLong();
      assertEquals(Long.toString(holder), cluster.takeCalls().get(0).shard(), id);
    }
    cluster.answer("1", "/collections/j", 200, "{\"name\":\"j\",\"metric\":\"l2\"}");
    router.post("/v1/collections/j/query", "{\"vector\":[1,2],\"k\":3}").is("{\"matches\":[]}");
    assertEquals(
        List.of("1", "2"),
        cluster.takeCalls().stream()
            .filter(call -> call.path().endsWith("/query"))
            .map(Call::shard)
            .sorted()
            .toList());
  }

  @Test
  void emptiesALeavingShardIfItKnowsThatWord() {
    ShardMap map = map(List.of(1L, 2L, 3L), List.of(), List.of(2L));
    adopt(map);
    router.post(C + "/points", points(some())).is("{\"upserted\":40}");
    List<Call> calls = cluster.takeCalls();
    checkDualWrite(map, some(), calls);
    assertEquals(
        newest ? List.of("1", "3", "2") : List.of("1", "2", "3"),
        calls.stream().map(Call::shard).toList());
    for (String id : some()) {
      router.get(C + "/points/" + id).isEmpty(404);
      ShardMap now = understood(map);
      OptionalLong donor = RendezvousHash.donor(now, id);
      long holder = (donor.isPresent() ? donor : RendezvousHash.owner(now, id)).getAsLong();
      assertEquals(Long.toString(holder), cluster.takeCalls().get(0).shard(), id);
    }
  }

  @Test
  void mergesMatchesAndTakesTheFirstOfEachPoint() {
    adopt(map(List.of(2L, 1L), List.of(), List.of()));
    cluster.answer("1", "/collections/m", 200, "{\"name\":\"m\",\"metric\":\"l2\"}");
    cluster.answer("2", "/collections/m", 200, "{\"name\":\"m\",\"metric\":\"l2\"}");
    cluster.answer(
        "2",
        "/m/query",
        200,
        "{\"matches\":[{\"id\":\"a\",\"score\":3.0,\"payload\":{\"from\":2}},"
            + "{\"id\":\"b\",\"score\":5.0,\"payload\":null}]}");
    cluster.answer(
        "1",
        "/m/query",
        200,
        "{\"matches\":[{\"id\":\"a\",\"score\":1.0,\"payload\":{\"from\":1}},"
            + "{\"id\":\"c\",\"score\":4.0}]}");
    router
        .post("/v1/collections/m/query", "{\"vector\":[1,2],\"k\":3}")
        .is(
            "{\"matches\":[{\"id\":\"a\",\"score\":3.0,\"payload\":{\"from\":2}},"
                + "{\"id\":\"c\",\"score\":4.0},{\"id\":\"b\",\"score\":5.0,\"payload\":null}]}");
    router
        .post("/v1/collections/m/query", "{\"vector\":[1,2],\"k\":1}")
        .is("{\"matches\":[{\"id\":\"a\",\"score\":3.0,\"payload\":{\"from\":2}}]}");
    cluster.answer("1", "/m/query", 500, "");
    router.post("/v1/collections/m/query", "{\"vector\":[1,2],\"k\":3}").isProblem(500);
  }

  @Test
  void takesAnyNotFoundForAnAbsentPoint() {
    adopt(map(List.of(1L), List.of(), List.of()));
    cluster.answer("1", "/points/there", 200, "{\"id\":\"there\",\"vector\":[1.0],\"payload\":1}");
    cluster.answer("1", "/points/gone", 404, "{\"status\":404}");
    cluster.answer("1", "/points/broken", 500, "");
    router.get(C + "/points/there").is("{\"id\":\"there\",\"vector\":[1.0],\"payload\":1}");
    router.get(C + "/points/gone").isEmpty(404);
    router.get(C + "/points/broken").isProblem(500);
  }

  @Test
  void pastesIdsIntoPathsAsTheyStand() {
    adopt(map(List.of(1L), List.of(), List.of()));
    List<String> pairs =
        List.of(
            "x%2Fy", C + "/points/x/y",
            "%252F", C + "/points/%2F",
            ".", C + "/points/",
            "..", C + "/",
            "a%20b", C + "/points/a%20b",
            "%C3%BC", C + "/points/%C3%BC",
            "a%3Fb", C + "/points/a",
            "a%23b", C + "/points/a",
            "%2541", C + "/points/%41");
    for (int i = 0; i < pairs.size(); i += 2) {
      router.get(C + "/points/" + pairs.get(i)).isEmpty(404);
      assertEquals(pairs.get(i + 1), cluster.takeCalls().get(0).path(), pairs.get(i));
    }
  }

  @Test
  void broadcastsCollectionsInMapOrderUpToTheFirstError() {
    adopt(map(List.of(5L, 3L, 4L), List.of(3L), List.of()));
    Reply created = router.post("/v1/collections", "{\"name\":\"new\",\"dim\":2,\"binary\":true}");
    assertEquals("new", created.json().path("name").asText());
    List<Call> calls = cluster.takeCalls();
    assertEquals(List.of("5", "3", "4"), calls.stream().map(Call::shard).toList());
    assertFalse(calls.get(0).parsed().has("binary"), "it is dropped");
    router.delete("/v1/collections/new").is("{\"existed\":true}");
    assertEquals(List.of("5", "3", "4"), cluster.takeCalls().stream().map(Call::shard).toList());
    cluster.answer("3", "/collections", 409, "{}");
    router.post("/v1/collections", "{\"name\":\"new\",\"dim\":2}").isProblem(500);
    assertEquals(List.of("5", "3"), cluster.takeCalls().stream().map(Call::shard).toList());
  }

  @Test
  void misnamesTheTypeOfAFilterableField() {
    adopt(map(List.of(6L), List.of(), List.of()));
    router.post(
        "/v1/collections",
        "{\"name\":\"f\",\"dim\":2,\"filterable\":[{\"path\":\"a\",\"field_type\":\"keyword\"}]}");
    assertEquals("keyword", cluster.takeCalls().get(0).parsed().at("/filterable/0/type").asText());
  }

  @Test
  void writesToWhoeverTookTheLastWriteEvenIfItLeftTheMap() {
    adopt(map(List.of(20L), List.of(), List.of()));
    router.post(C + "/points", points(List.of("a"))).is("{\"upserted\":1}");
    assertEquals("20", cluster.takeCalls().get(0).shard());
    lastVersion++;
    ShardMap moved =
        new ShardMap(
            lastVersion,
            List.of(new Shard(20, cluster.shard("elsewhere"), List.of())),
            List.of(),
            List.of());
    adopt(moved);
    router.post(C + "/points", points(List.of("a"))).is("{\"upserted\":1}");
    assertEquals("20", cluster.takeCalls().get(0).shard(), "not at its new URL");
    router.get(C + "/points/a").isEmpty(404);
    assertEquals("elsewhere", cluster.takeCalls().get(0).shard());
  }

  @Test
  void goesOnToAReplicaIfToldThatANodeIsNoLeader() {
    lastVersion++;
    adopt(
        new ShardMap(
            lastVersion,
            List.of(new Shard(30, cluster.shard("f"), List.of(cluster.shard("l")))),
            List.of(),
            List.of()));
    cluster.answer("f", "/points", 421, "{}");
    router.post(C + "/points", points(List.of("a"))).is("{\"upserted\":1}");
    assertEquals(List.of("f", "l"), cluster.takeCalls().stream().map(Call::shard).toList());
    router.post(C + "/points", points(List.of("a"))).is("{\"upserted\":1}");
    assertEquals(List.of("l"), cluster.takeCalls().stream().map(Call::shard).toList());
    cluster.answer("l", "/points", 403, "{}");
    router.post(C + "/points", points(List.of("a"))).isProblem(500);
  }

  @Test
  void readsFromPrimaryAndReplicasInTurn() {
    lastVersion++;
    adopt(
        new ShardMap(
            lastVersion,
            List.of(new Shard(40, cluster.shard("p"), List.of(cluster.shard("r")))),
            List.of(),
            List.of()));
    cluster.answer("p", "/collections/t", 200, "{\"name\":\"t\",\"metric\":\"l2\"}");
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      router.post("/v1/collections/t/query", "{\"vector\":[1,2],\"k\":3}");
      cluster.takeCalls().stream()
          .filter(call -> call.path().endsWith("/query"))
          .forEach(call -> asked.add(call.shard()));
    }
    assertTrue(
        asked.equals(List.of("p", "r", "p", "r")) || asked.equals(List.of("r", "p", "r", "p")),
        asked::toString);
    cluster.answer("r", "/t/query", 500, "");
    for (int i = 0; i < 2; i++) {
      router.post("/v1/collections/t/query", "{\"vector\":[1,2],\"k\":3}").is("{\"matches\":[]}");
    }
  }

  @Test
  void guardsItsMapByItsReleasesRule() throws IOException {
    QuiverClient keyed =
        QuiverClient.of(nodes.router(List.of(cluster.shard("0")), Optional.empty(), true));
    assertEquals(401, keyed.get("/cluster/map").status());
    assertEquals(200, keyed.withKey("adm").get("/cluster/map").status());
    for (String key : List.of("wri", "rea")) {
      Reply reply = keyed.withKey(key).get("/cluster/map");
      if (newest) {
        reply.isProblem(403);
      } else {
        assertEquals(200, reply.status(), reply::toString);
      }
    }
    keyed.withKey("rea").post(C + "/points", points(List.of())).isProblem(403);
    keyed.withKey("wri").post("/v1/collections", "{\"name\":\"x\",\"dim\":1}").isProblem(403);
  }
}
