// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of every shard, in memory or real: collections, points, pages, limits and errors.
 */
abstract class ShardContract extends ShardUnderTest {
  ShardContract(QuiverFixture nodes) {
    super(nodes);
  }

  @Test
  void saysThatItLivesAndWhatItDoesNotServe() {
    Reply healthy = shard.get("/healthz");
    assertEquals("200 text/plain; charset=utf-8 ok", flat(healthy));
    assertEquals("200 text/plain; charset=utf-8 ready", flat(shard.get("/readyz")));
    for (String path : List.of("/", "/nope", "/cluster/map", ALL + "/", ALL + "/c/points/")) {
      shard.get(path).isEmpty(404);
    }
    Reply wrongMethod = shard.send("PUT", ALL, Optional.empty(), Optional.empty());
    wrongMethod.isEmpty(405);
    assertEquals("POST,GET,HEAD", wrongMethod.allow());
    assertEquals("POST,DELETE", shard.get(ALL + "/c/points").allow());
  }

  private static String flat(Reply reply) {
    return reply.status() + " " + reply.type() + " " + reply.body();
  }

  @Test
  void describesACollectionAsItWasCreated() {
    String plain = "\"dim\":2,\"metric\":\"l2\",\"count\":0,\"index\":\"hnsw\"";
    String expected = "{\"name\":\"described\"," + plain + ready(true) + "}";
    shard.post(ALL, "{\"name\":\"described\",\"dim\":2,\"zzz\":1}").is(expected);
    shard.get(ALL + "/described").is(expected);
    shard.post(ALL, "{\"name\":\"described\",\"dim\":3}").isProblem(409);
    create("rich", ",\"dim\":8,\"metric\":\"cosine\",\"index\":\"disk_vamana\",\"pq_subspaces\":4");
    shard
        .get(ALL + "/rich")
        .is(
            "{\"name\":\"rich\",\"dim\":8,\"metric\":\"cosine\",\"count\":0"
                + ",\"index\":\"disk_vamana\",\"pq_subspaces\":4"
                + ready(true)
                + "}");
    create("bits", ",\"dim\":8,\"binary\":true,\"filterable\":[],\"vector_encryption\":\"none\"");
    shard
        .get(ALL + "/bits")
        .is(
            "{\"name\":\"bits\",\"dim\":8,\"metric\":\"l2\",\"count\":0,\"index\":\"hnsw\""
                + ready(true)
                + "}");
    create(
        "filtered",
        ",\"dim\":2,\"filterable\":[{\"path\":\"a\",\"field_type\":\"keyword\"}]"
            + ",\"vector_encryption\":\"client_side\"");
    shard
        .get(ALL + "/filtered")
        .is(
            "{\"name\":\"filtered\",\"dim\":2,\"metric\":\"l2\",\"count\":0,\"index\":\"hnsw\""
                + ",\"filterable\":[{\"path\":\"a\",\"field_type\":\"keyword\"}]"
                + ",\"vector_encryption\":\"client_side\""
                + ready(true)
                + "}");
  }

  @Test
  void listsCollectionsByNameAndDropsThem() {
    create("zz-dropped", ",\"dim\":2");
    create("aa-dropped", ",\"dim\":2");
    List<String> names = new ArrayList<>();
    shard.get(ALL).json().forEach(c -> names.add(c.path("name").asText()));
    assertEquals(names.stream().sorted().toList(), names);
    shard.get(ALL + "/zz-absent").isProblem(404);
    shard.delete(ALL + "/zz-dropped").is("{\"existed\":true}");
    shard.delete(ALL + "/zz-dropped").is("{\"existed\":false}");
    shard.get(ALL + "/zz-dropped").isProblem(404);
  }

  @Test
  void refusesCollectionsThatCannotBe() {
    shard.post(ALL, "{\"name\":\"x0\",\"dim\":0}").isProblem(400);
    shard.post(ALL, "{\"name\":\"x1\",\"dim\":8193}").isProblem(400);
    shard.post(ALL, "{\"name\":\"x2\",\"dim\":2,\"index\":\"colbert\"}").isProblem(400);
    shard.post(ALL, "{\"name\":\"x3\",\"dim\":2,\"multivector\":true}").isProblem(400);
    for (String wrong :
        List.of(
            "{\"dim\":2}",
            "{\"name\":\"x\"}",
            "{\"name\":\"x\",\"dim\":-1}",
            "{\"name\":\"x\",\"dim\":2,\"metric\":\"foo\"}",
            "{\"name\":\"x\",\"dim\":2,\"index\":\"foo\"}",
            "{\"name\":\"x\",\"dim\":2,\"vector_encryption\":\"foo\"}",
            "{\"name\":\"x\",\"dim\":2,\"filterable\":null}",
            "{\"name\":\"x\",\"dim\":2,\"filterable\":[{\"path\":\"a\",\"type\":\"keyword\"}]}",
            "[1]")) {
      shard.post(ALL, wrong).isText(422);
    }
  }

  @Test
  void holdsNamesToItsReleasesRules() {
    for (String name : List.of("", "a/b", "ü x", "n".repeat(256))) {
      Reply reply = shard.post(ALL, "{\"name\":\"" + name + "\",\"dim\":2}");
      if (version == QuiverVersion.V0_27_0) {
        assertEquals(200, reply.status(), reply::toString);
      } else {
        reply.isProblem(400);
      }
    }
    create("N-a_m.e9", ",\"dim\":2");
  }

  @Test
  void refusesWhatItCannotRead() {
    String points = create("unread", ",\"dim\":2") + "/points";
    for (String broken :
        List.of(
            "",
            "{bad",
            "{\"points\":[]} x",
            "{\"points\":[],}",
            "{'points':[]}",
            "{\"points\":[{\"id\":\"a\",\"vector\":[1,2],\"payload\":1e400}]}",
            "{\"points\":[{\"id\":\"a\",\"vector\":[1e400,2]}]}",
            "{\"points\":[],\"n\":01}",
            "{\"points\":[],\"n\":NaN}",
            "{\"points\":[{\"id\":\"\\ud800\",\"vector\":[1,2]}]}")) {
      shard.post(points, broken).isText(400);
    }
    for (String wrong :
        List.of(
            "{}",
            "{\"points\":{}}",
            "{\"points\":[{\"id\":\"a\"}]}",
            "{\"points\":[{\"vector\":[1,2]}]}",
            "{\"points\":[{\"id\":3,\"vector\":[1,2]}]}",
            "{\"points\":[{\"id\":\"a\",\"vector\":[null,1]}]}",
            "{\"points\":[{\"id\":\"a\",\"vector\":[\"1\",1]}]}")) {
      shard.post(points, wrong).isText(422);
    }
    Optional<String> body = Optional.of("{\"points\":[]}");
    shard.send("POST", points, Optional.of("text/plain"), body).isText(415);
    shard.send("POST", points, Optional.empty(), body).isText(415);
    for (String type :
        List.of("application/json; charset=utf-8", "APPLICATION/JSON", "application/x+json")) {
      shard.send("POST", points, Optional.of(type), body).is("{\"upserted\":0}");
    }
  }

  @Test
  void tellsAnAbsentPointFromAnAbsentCollection() {
    String collection = create("absences", ",\"dim\":2");
    upsert(collection, point("a"));
    shard.get(collection + "/points/a").is("{\"id\":\"a\",\"vector\":[1.0,2.0],\"payload\":null}");
    shard.get(collection + "/points/b").isEmpty(404);
    shard.get(ALL + "/no-such/points/a").isProblem(404);
    shard.post(ALL + "/no-such/points", "{\"points\":[]}").isProblem(404);
    shard.post(ALL + "/no-such/fetch", "{}").isProblem(404);
    shard.post(ALL + "/no-such/query", "{\"vector\":[1],\"k\":1}").isProblem(404);
    shard.delete(ALL + "/no-such/points", "{\"ids\":[\"a\"]}").isProblem(404);
    shard.delete(ALL + "/no-such/points", "{\"ids\":[]}").is("{\"deleted\":0}");
  }

  @Test
  void takesTheLastWriteAndAllOfABatchOrNothing() {
    String collection = create("writes", ",\"dim\":2");
    shard
        .post(
            collection + "/points",
            "{\"points\":[{\"id\":\"d\",\"vector\":[1,2],\"payload\":1},"
                + "{\"id\":\"d\",\"vector\":[1,3],\"payload\":2}]}")
        .is("{\"upserted\":2}");
    shard.get(collection + "/points/d").is("{\"id\":\"d\",\"vector\":[1.0,3.0],\"payload\":2}");
    shard
        .post(
            collection + "/points",
            "{\"points\":[" + point("good") + ",{\"id\":\"v\",\"vector\":[1]}]}")
        .isProblem(400);
    shard.get(collection + "/points/good").isEmpty(404);
    shard
        .post(collection + "/points:bulk", "{\"points\":[" + point("b") + "]}")
        .is("{\"upserted\":1}");
    assertEquals(List.of("b", "d"), fetchedIds(collection, "{}"));
  }

  @Test
  void keepsPayloadsInAFormOfItsOwn() {
    String collection = create("payloads", ",\"dim\":2");
    List<String> pairs =
        List.of(
            "1.10", "1.1",
            "\"s\"", "\"s\"",
            "null", "null",
            "[1, \"a\", true]", "[1,\"a\",true]",
            "{\"z\":1,\"a\":{\"y\":[{\"q\":1,\"p\":2}],\"b\":{}}}",
                "{\"a\":{\"b\":{},\"y\":[{\"p\":2,\"q\":1}]},\"z\":1}",
            "{\"\uFF5E\":1,\"\uD83D\uDE00\":2,\"ü\":3,\"A\":4}",
                "{\"A\":4,\"ü\":3,\"\uFF5E\":1,\"\uD83D\uDE00\":2}",
            "{\"d\":1,\"d\":2}", "{\"d\":2}",
            "18446744073709551615", "18446744073709551615",
            "18446744073709551616", "1.8446744073709552e+19",
            "-9223372036854775808", "-9223372036854775808",
            "-9223372036854775809", "-9.223372036854776e+18",
            "1e2", "100.0",
            "1E15", "1000000000000000.0",
            "1e16", "1e+16",
            "123456789012345680.0", "1.2345678901234568e+17",
            "0.00001", "0.00001",
            "0.000001", "1e-6",
            "0.1234567890123456789", "0.12345678901234568",
            "5e-324", "5e-324",
            "1e300", "1e+300",
            "2e-3", "0.002",
            "-0.0", "-0.0",
            "\"\\u00fc\\u001f\\/\\n\\u007f\"", "\"ü\\u001f/\\n\u007f\"");
    for (int i = 0; i < pairs.size(); i += 2) {
      upsert(collection, "{\"id\":\"p\",\"vector\":[1,2],\"payload\":" + pairs.get(i) + "}");
      shard
          .get(collection + "/points/p")
          .is("{\"id\":\"p\",\"vector\":[1.0,2.0],\"payload\":" + pairs.get(i + 1) + "}");
    }
  }

  @Test
  void keepsVectorsAsFloats() {
    String collection = create("vectors", ",\"dim\":2");
    List<String> pairs =
        List.of(
            "[0.1,16777217]", "[0.1,16777216.0]",
            "[1e-50,-0.0]", "[0.0,-0.0]",
            "[3.4028235e38,1e-45]", "[3.4028235e+38,1e-45]",
            "[0.3333333333,1e10]", "[0.33333334,10000000000.0]",
            "[1.5e12,1.5e13]", "[1500000000000.0,1.5e+13]",
            "[0.000001,0.0000001]", "[0.000001,1e-7]",
            "[123456789,-2.0e-3]", "[123456790.0,-0.002]");
    for (int i = 0; i < pairs.size(); i += 2) {
      upsert(collection, "{\"id\":\"v\",\"vector\":" + pairs.get(i) + "}");
      shard
          .get(collection + "/points/v")
          .is("{\"id\":\"v\",\"vector\":" + pairs.get(i + 1) + ",\"payload\":null}");
    }
  }

  @Test
  void givesBackCopiedTextByteForByte() {
    String from = create("copy-from", ",\"dim\":3");
    String to = create("copy-to", ",\"dim\":3");
    upsert(
        from,
        "{\"id\":\"ü\",\"vector\":[0.1,1e-7,33.333332],\"payload\":{\"b\":1.10,\"a\":[1e22,null]}},"
            + "{\"id\":\"\",\"vector\":[1,2,3]}");
    String page = "{\"with_payload\":true,\"with_vector\":true}";
    String first = shard.post(from + "/fetch", page).body();
    shard.post(to + "/points:bulk", first).is("{\"upserted\":2}");
    assertEquals(first, shard.post(to + "/fetch", page).body());
  }

  @Test
  void takesAnyTextForAnId() {
    String collection = create("ids", ",\"dim\":2");
    List<String> ids =
        List.of(
            "",
            "%",
            ".",
            "..",
            "A",
            "a b",
            "a%2Fb",
            "a/b",
            "a?b",
            "ü",
            "中",
            "\uFF5E",
            "\uD83D\uDE00");
    upsert(collection, ids.stream().map(ShardContract::point).collect(Collectors.joining(",")));
    assertEquals(ids, fetchedIds(collection, "{}"), "in the byte order of UTF-8");
    for (String path :
        List.of("%25", ".", "..", "%2E", "a%20b", "a%252Fb", "a%2Fb", "a%3Fb", "%C3%BC")) {
      assertEquals(200, shard.get(collection + "/points/" + path).status(), path);
    }
    shard.get(collection + "/points/").isEmpty(404);
    shard.get(collection + "/points/a/b").isEmpty(404);
    shard.get(collection + "/points/%ff").isText(400);
  }

  @Test
  void pagesOverTheLiveOrder() {
    String collection = create("pages", ",\"dim\":2");
    upsert(
        collection,
        IntStream.range(0, 5).mapToObj(i -> point("p" + i)).collect(Collectors.joining(",")));
    assertEquals(List.of("p0", "p1"), fetchedIds(collection, "{\"limit\":2}"));
    shard.delete(collection + "/points", "{\"ids\":[\"p0\"]}").is("{\"deleted\":1}");
    assertEquals(List.of("p3", "p4"), fetchedIds(collection, "{\"offset\":2,\"limit\":2}"));
    shard.post(collection + "/fetch", "{\"offset\":99,\"limit\":10000}").is("{\"points\":[]}");
    shard.post(collection + "/fetch", "{\"limit\":0}").is("{\"points\":[]}");
    shard.post(collection + "/fetch", "{\"offset\":99,\"limit\":10001}").isProblem(400);
    shard
        .post(collection + "/fetch", "{\"limit\":1,\"with_payload\":false}")
        .is("{\"points\":[{\"id\":\"p1\"}]}");
    shard
        .post(collection + "/fetch", "{\"limit\":1,\"with_vector\":true}")
        .is("{\"points\":[{\"id\":\"p1\",\"payload\":null,\"vector\":[1.0,2.0]}]}");
    shard.post(collection + "/fetch", "{\"limit\":-1}").isText(422);
    shard.post(collection + "/fetch", "{\"limit\":null}").isText(422);
    shard.post(collection + "/fetch", "{\"limit\":\"1\"}").isText(422);
  }

  @Test
  void givesAHundredRowsAndTenMatchesIfNotTold() {
    String collection = create("defaults", ",\"dim\":2");
    upsert(
        collection,
        IntStream.range(0, 120).mapToObj(i -> point("p" + i)).collect(Collectors.joining(",")));
    assertEquals(100, fetchedIds(collection, "{}").size());
    assertEquals(
        10, shard.post(collection + "/query", "{\"vector\":[1,2]}").json().get("matches").size());
  }

  @Test
  void keepsToItsLimits() {
    String collection = create("limits", ",\"dim\":1");
    String points = collection + "/points";
    shard.post(points, many(1_000)).is("{\"upserted\":1000}");
    shard.post(points, many(1_001)).isProblem(400);
    shard.post(points + ":bulk", many(50_001)).isProblem(400);
    shard.post(points, payloadOf(65_534)).is("{\"upserted\":1}");
    shard.post(points, payloadOf(65_535)).isProblem(400);
    shard.post(points + ":bulk", payloadOf(65_535)).isProblem(400);
    refusesBody(points, payloadOf(33 << 20));
    shard.post(collection + "/query", "{\"vector\":[1],\"k\":10001}").isProblem(400);
  }

  /** The node may hang up on a caller who goes on sending. */
  private void refusesBody(String path, String body) {
    try {
      QuiverClient.of(shard.base()).onItsOwnConnection().post(path, body).isText(413);
    } catch (UncheckedIOException e) {
      String said = String.valueOf(e.getCause().getMessage());
      assertTrue(said.matches("(?i).*(reset|broken pipe|closed|no bytes|EOF).*"), said);
    }
    shard.get(path.replace("/points", "")).json();
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"id\":\"" + i + "\",\"vector\":[1]}")
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  private static String payloadOf(int length) {
    return "{\"points\":[{\"id\":\"p\",\"vector\":[1],\"payload\":\""
        + "x".repeat(length)
        + "\"}]}";
  }

  @Test
  void countsWhatItDeleted() {
    String collection = create("deletes", ",\"dim\":2");
    upsert(collection, point("a") + "," + point("b"));
    shard
        .delete(collection + "/points", "{\"ids\":[\"a\",\"a\",\"absent\"]}")
        .is("{\"deleted\":1}");
    shard.get(collection + "/points/a").isEmpty(404);
    assertEquals(1, shard.get(collection).json().path("count").asInt());
    shard.delete(collection + "/points", "{\"ids\":[]}").is("{\"deleted\":0}");
    shard.delete(collection + "/points", "{}").isText(422);
    shard.delete(collection + "/points", "{\"ids\":[1]}").isText(422);
    shard.delete(collection + "/points").isText(415);
  }

  @Test
  void refusesPointsInACollectionOfDocuments() {
    String collection =
        create("documents", ",\"dim\":2,\"metric\":\"cosine\",\"multivector\":true");
    shard.post(collection + "/fetch", "{}").isProblem(400);
    shard.get(collection + "/points/a").isProblem(400);
    shard.post(collection + "/points", "{\"points\":[" + point("a") + "]}").isProblem(400);
    shard.post(collection + "/query", "{\"vector\":[1,2],\"k\":1}").isProblem(400);
    shard.delete(collection + "/points", "{\"ids\":[\"a\"]}").isProblem(400);
    assertEquals(true, shard.get(collection).json().path("multivector").asBoolean());
  }
}
