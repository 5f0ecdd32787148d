// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The shard map as a router reads and echoes it: without checks, and as its release knows it. */
final class RouterMapJson {
  private static final BigInteger U64_LIMIT = BigInteger.ONE.shiftLeft(64);

  private RouterMapJson() {}

  static String text(ShardMap map, QuiverVersion version) {
    ObjectNode json = ShardMapJson.toJson(map);
    if (!version.knowsLeaving()) {
      json.remove("leaving");
    }
    return json.toString();
  }

  /**
   * Reads a coordinator's answer: all but {@code shards} may be missing, more is ignored.
   *
   * @throws IllegalArgumentException if it is no map
   */
  static ShardMap read(String text, QuiverVersion version) {
    JsonNode map;
    try {
      map = JsonBody.parse(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    if (!map.path("shards").isArray()) {
      throw new IllegalArgumentException("shards is missing or no array");
    }
    List<Shard> shards = new ArrayList<>();
    for (JsonNode shard : map.get("shards")) {
      List<String> replicas = new ArrayList<>();
      shard.path("replica_urls").forEach(url -> replicas.add(url.asText()));
      if (!shard.path("primary_url").isTextual()) {
        throw new IllegalArgumentException("a shard has no primary_url");
      }
      shards.add(new Shard(u64(shard.path("id")), shard.get("primary_url").textValue(), replicas));
    }
    return new ShardMap(
        map.has("version") ? u64(map.get("version")) : 0,
        shards,
        ids(map.path("joining")),
        version.knowsLeaving() ? ids(map.path("leaving")) : List.of());
  }

  private static List<Long> ids(JsonNode array) {
    List<Long> ids = new ArrayList<>();
    array.forEach(id -> ids.add(u64(id)));
    return ids;
  }

  private static long u64(JsonNode number) {
    if (!number.isIntegralNumber()
        || number.bigIntegerValue().signum() < 0
        || number.bigIntegerValue().compareTo(U64_LIMIT) >= 0) {
      throw new IllegalArgumentException("an id or a version is no unsigned 64-bit number");
    }
    return number.bigIntegerValue().longValue();
  }
}
