// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The points that searches on a shard find, and those that they do not find yet, in memory or real.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ShardIndexContract {
  private static final String ALL = "/v1/collections";
  private static final List<String> GRAPHS = List.of("vamana", "disk_vamana");
  private static final List<String> KINDS = List.of("hnsw", "vamana", "disk_vamana", "ivf");

  private final QuiverFixture nodes;
  private final boolean waits;
  private QuiverClient shard;

  ShardIndexContract(QuiverFixture nodes) {
    this.nodes = nodes;
    this.waits = nodes.version() != QuiverVersion.V0_27_0;
  }

  @BeforeAll
  void start() throws IOException {
    shard = QuiverClient.of(nodes.shard(false));
  }

  @AfterAll
  void stop() {
    nodes.close();
  }

  private String create(String name, String kind) {
    String quantised = kind.equals("disk_vamana") ? ",\"pq_subspaces\":1" : "";
    String collection = name + "-" + kind;
    Reply reply =
        shard.post(
            ALL,
            "{\"name\":\"%s\",\"dim\":2,\"index\":\"%s\"%s}"
                .formatted(collection, kind, quantised));
    assertEquals(200, reply.status(), reply::toString);
    return ALL + "/" + collection;
  }

  /** Points whose ids and places are those numbers, or all at one place. */
  private static String points(IntStream numbers, int shift) {
    return numbers
        .mapToObj(
            i ->
                String.format(
                    Locale.ROOT,
                    "{\"id\":\"%04d\",\"vector\":[%d,1],\"payload\":%d}",
                    i,
                    i + shift,
                    i))
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  private void put(String collection, int from, int to) {
    assertEquals(
        200, shard.post(collection + "/points", points(IntStream.range(from, to), 0)).status());
  }

  private void bulk(String collection, int from, int to) {
    assertEquals(
        200,
        shard.post(collection + "/points:bulk", points(IntStream.range(from, to), 0)).status());
  }

  private void delete(String collection, int from, int to) {
    String ids =
        IntStream.range(from, to)
            .mapToObj(i -> String.format(Locale.ROOT, "\"%04d\"", i))
            .collect(Collectors.joining(","));
    assertEquals(200, shard.delete(collection + "/points", "{\"ids\":[" + ids + "]}").status());
  }

  private JsonNode matches(String collection, int place, int k) {
    Reply reply =
        shard.post(
            collection + "/query",
            "{\"vector\":[%d,1],\"k\":%d,\"ef_search\":400}".formatted(place, k));
    assertEquals(200, reply.status(), reply::toString);
    return reply.json().path("matches");
  }

  /** The id nearest to a place, with {@code !} if its point is gone; empty if nothing is found. */
  private String nearest(String collection, int place) {
    JsonNode matches = matches(collection, place, 1);
    if (matches.isEmpty()) {
      return "";
    }
    return matches.get(0).path("id").asText() + (matches.get(0).has("payload") ? "" : "!");
  }

  private void settlesOn(String collection, int place, String id) {
    await("search for " + place + " in " + collection)
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> nearest(collection, place).equals(id));
  }

  /** A collection of the numbers 0 to 99 whose index is built and current. */
  private String built(String name, String kind) {
    String collection = create(name, kind);
    bulk(collection, 0, 100);
    settlesOn(collection, 99, "0099");
    return collection;
  }

  private boolean ready(String collection) {
    return shard.get(collection).json().path("index_ready").asBoolean();
  }

  @Test
  void scoresByTheMetric() {
    List<String> expected =
        List.of(
            "l2", "a 2.0,z 5.0,c 9.25,b 10.0",
            "cosine", "a 0.8944272,z 0.0,c -0.6",
            "dot", "b 10.0,a 2.0,z 0.0,c -1.5");
    for (int i = 0; i < expected.size(); i += 2) {
      String metric = expected.get(i);
      String collection = ALL + "/by-" + metric;
      shard.post(ALL, "{\"name\":\"by-" + metric + "\",\"dim\":2,\"metric\":\"" + metric + "\"}");
      String other = metric.equals("cosine") ? "" : ",{\"id\":\"b\",\"vector\":[3,4]}";
      shard.post(
          collection + "/points",
          "{\"points\":[{\"id\":\"a\",\"vector\":[1,0]},{\"id\":\"c\",\"vector\":[-1,0.5]},"
              + "{\"id\":\"z\",\"vector\":[0,0]}"
              + other
              + "]}");
      List<String> found = new ArrayList<>();
      matches(collection, 2, 10)
          .forEach(m -> found.add(m.path("id").asText() + " " + m.path("score").asText()));
      assertEquals(expected.get(i + 1), String.join(",", found), metric);
    }
  }

  @Test
  void answersAsItWasAsked() {
    String collection = create("asked", "hnsw");
    put(collection, 7, 8);
    String query = "{\"vector\":[7,1],\"k\":1";
    String path = collection + "/query";
    shard
        .post(path, query + "}")
        .is("{\"matches\":[{\"id\":\"0007\",\"score\":0.0,\"payload\":7}]}");
    shard
        .post(path, query + ",\"with_payload\":false}")
        .is("{\"matches\":[{\"id\":\"0007\",\"score\":0.0}]}");
    shard
        .post(path, query + ",\"with_vector\":true}")
        .is("{\"matches\":[{\"id\":\"0007\",\"score\":0.0,\"payload\":7,\"vector\":[7.0,1.0]}]}");
    shard.post(path, "{\"vector\":[7,1],\"k\":0}").is("{\"matches\":[]}");
    shard.post(path, "{\"vector\":[7],\"k\":1}").isProblem(400);
    shard.post(path, "{\"k\":1}").isText(422);
  }

  @Test
  void findsNothingInAnEmptyCollection() {
    for (String kind : KINDS) {
      assertEquals("", nearest(create("empty", kind), 1), kind);
    }
  }

  @Test
  void keepsAnHnswIndexCurrentThatIsFedPointByPoint() {
    String collection = create("fed", "hnsw");
    for (int i = 0; i < 20; i++) {
      put(collection, i, i + 1);
      assertEquals(String.format(Locale.ROOT, "%04d", i), nearest(collection, i));
    }
  }

  @Test
  void buildsWithTheFirstSearchAfterABulkLoad() {
    for (String kind : KINDS) {
      String collection = create("first", kind);
      bulk(collection, 0, 50);
      if (waits) {
        assertEquals(false, ready(collection), kind);
        assertEquals("0030", nearest(collection, 30), kind);
        assertTrue(ready(collection), kind);
      } else {
        assertEquals("", nearest(collection, 30), kind);
        settlesOn(collection, 30, "0030");
      }
    }
  }

  @Test
  void buildsOtherKindsWithTheFirstSearchHoweverTheyAreFed() {
    for (String kind : List.of("vamana", "disk_vamana", "ivf")) {
      String collection = create("fed-first", kind);
      put(collection, 0, 10);
      assertEquals(waits ? "0003" : "", nearest(collection, 3), kind);
      settlesOn(collection, 3, "0003");
    }
  }

  @Test
  void answersFromTheSnapshotBeforeWhileABulkLoadIsBuilt() {
    for (String kind : KINDS) {
      String collection = built("onto", kind);
      bulk(collection, 200, 300);
      assertEquals(waits, ready(collection), "a built index stays ready: " + kind);
      assertEquals("0099", nearest(collection, 250), kind);
      settlesOn(collection, 250, "0250");
    }
  }

  @Test
  void standsStillFromAnEmptyBulkLoadOn() {
    for (String kind : KINDS) {
      String collection = built("nothing", kind);
      bulk(collection, 0, 0);
      delete(collection, 50, 51);
      assertEquals("0050!", nearest(collection, 50), kind);
      settlesOn(collection, 300, "0099");
      await().until(() -> !nearest(collection, 50).startsWith("0050"));
    }
  }

  @Test
  void standsStillFromTheOverwriteOfAKnownPointOnIfHnsw() {
    String collection = built("overwritten", "hnsw");
    shard.post(collection + "/points", points(IntStream.of(50), 900));
    assertEquals("0050", nearest(collection, 50), "at its old place");
    settlesOn(collection, 950, "0050");
    assertEquals("0049", nearest(collection, 49));
  }

  @Test
  void takesAnOverwriteInPlaceIfNotHnsw() {
    for (String kind : List.of("vamana", "disk_vamana", "ivf")) {
      String collection = built("in-place", kind);
      shard.post(collection + "/points", points(IntStream.of(50), 900));
      assertEquals("0050", nearest(collection, 950), kind);
    }
  }

  @Test
  void standsStillFromAReinsertOnIfHnsw() {
    String collection = built("reinserted", "hnsw");
    delete(collection, 5, 6);
    shard.post(collection + "/points", points(IntStream.of(5), 900));
    assertEquals("0099", nearest(collection, 905));
    settlesOn(collection, 905, "0005");
  }

  @Test
  void takesDeletesUpToOneInFive() {
    for (String kind : List.of("hnsw", "vamana", "disk_vamana")) {
      String collection = built("deleted", kind);
      delete(collection, 0, 10);
      assertEquals("0010", nearest(collection, 0), kind);
      delete(collection, 10, 30);
      assertEquals("0020!", nearest(collection, 0), "the 20 first are hidden: " + kind);
      settlesOn(collection, 0, "0030");
    }
    String lists = built("deleted", "ivf");
    delete(lists, 0, 60);
    assertEquals("0060", nearest(lists, 0));
  }

  @Test
  void takesInsertsUpToOneInFiveIfAGraphOfVamana() {
    for (String kind : GRAPHS) {
      String collection = built("inserted", kind);
      put(collection, 1000, 1100);
      assertEquals("1019", nearest(collection, 1099), kind);
      // A graph over points in a row does not find them all, but some that came after.
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> nearest(collection, 1099).compareTo("1019") > 0);
    }
    for (String kind : List.of("hnsw", "ivf")) {
      String collection = built("inserted", kind);
      put(collection, 1000, 1100);
      assertEquals("1099", nearest(collection, 1099), kind);
    }
  }

  @Test
  void countsAnIndexThatWasOnlyFedAsNeverBuilt() {
    String collection = create("never-built", "hnsw");
    put(collection, 0, 100);
    assertEquals("0000", nearest(collection, 0));
    delete(collection, 0, 30);
    assertEquals(waits ? "0030" : "0020!", nearest(collection, 0));
    settlesOn(collection, 0, "0030");
  }
}
