// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * 50,000 points in a collection of each kind of index, with ids and payloads of many kinds, and the
 * place of each, byte for byte.
 */
final class MixedPoints {
  static final int COUNT = 50_000;

  private static final Map<String, Integer> COLLECTIONS =
      new TreeMap<>(Map.of("hnsw", 10_000, "ivf", 20_000, "vamana", 20_000));
  private static final int DIMENSION = 16;
  private static final int BATCH = 500;
  private static final int PAGE = 10_000;

  private MixedPoints() {}

  /** Writes them through a router. */
  static void load(URI router) {
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

  /** The text of every point of the loaded collections; fails if a point is there twice. */
  static Map<String, String> everything(List<String> shards) {
    Map<String, String> points = new TreeMap<>();
    for (String shard : shards) {
      for (String collection : COLLECTIONS.keySet()) {
        rows(
            shard,
            collection,
            (id, text) -> {
              String key = collection + "/" + id;
              assertEquals(null, points.put(key, text), key + " stands twice");
            });
      }
    }
    return points;
  }

  /** Every point is on its owner. */
  static void assertPlaced(ShardMap map) {
    for (Shard shard : map.shards()) {
      for (String collection : COLLECTIONS.keySet()) {
        rows(
            shard.primaryUrl(),
            collection,
            (id, text) ->
                assertEquals(
                    shard.id(),
                    RendezvousHash.owner(map, id).orElseThrow(),
                    collection + "/" + id));
      }
    }
  }

  /** Hands over each point of a shard: its id, and the text of its object as the shard sent it. */
  private static void rows(String shard, String collection, BiConsumer<String, String> row) {
    QuiverClient client = QuiverClient.of(shard);
    int got = PAGE;
    for (int offset = 0; got > 0; offset += got) {
      Reply page =
          client.post(
              "/v1/collections/" + collection + "/fetch",
              "{\"offset\":%d,\"limit\":%d,\"with_payload\":true,\"with_vector\":true}"
                  .formatted(offset, PAGE));
      assertEquals(200, page.status(), page::toString);
      got = rowsOf(page.body(), row);
    }
  }

  private static int rowsOf(String page, BiConsumer<String, String> row) {
    int rows = 0;
    try (JsonParser parser = QuiverClient.JSON.createParser(page)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken());
      assertEquals("points", parser.nextFieldName());
      assertEquals(JsonToken.START_ARRAY, parser.nextToken());
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        int from = (int) parser.currentTokenLocation().getCharOffset();
        String id = "";
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          String text = parser.nextTextValue();
          if (name.equals("id")) {
            id = text;
          }
          parser.skipChildren();
        }
        row.accept(
            id, page.substring(from, (int) parser.currentTokenLocation().getCharOffset() + 1));
        rows++;
      }
    } catch (IOException e) {
      throw new AssertionError("no page: " + page.substring(0, Math.min(200, page.length())), e);
    }
    return rows;
  }

  /** Whether a shard has none of these points. */
  static boolean absentFrom(String shard) {
    for (String collection : COLLECTIONS.keySet()) {
      Reply page =
          QuiverClient.of(shard)
              .post("/v1/collections/" + collection + "/fetch", "{\"offset\":0,\"limit\":1}");
      if (page.status() != 404 && !page.json().path("points").isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
