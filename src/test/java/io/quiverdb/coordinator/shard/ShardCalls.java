// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.shard.ShardApi.Way;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of {@link ShardApi}, by name. */
final class ShardCalls {
  private static final ShardCollection COLLECTION =
      new ShardCollection("c", 0, "ivf", false, Optional.empty(), "{\"dim\":1,\"name\":\"c\"}");
  private static final Duration SHORT = Duration.ofMillis(300);

  interface Call {
    void to(ShardApi shards, String url) throws ShardException, InterruptedException;
  }

  /** Every call that throws. */
  static final Map<String, Call> ALL = new LinkedHashMap<>();

  static {
    ALL.put("collections", (shards, url) -> shards.collections(url));
    ALL.put("create", (shards, url) -> shards.create(url, COLLECTION, Optional.empty()));
    ALL.put("drop", (shards, url) -> shards.drop(url, "c"));
    ALL.put("fetch", (shards, url) -> shards.fetch(url, "c", 0, 10));
    ALL.put("fetchLimit", (shards, url) -> shards.fetchLimit(url, "c"));
    ALL.put("point", (shards, url) -> shards.point(url, "c", "a"));
    ALL.put("upsert", (shards, url) -> shards.upsert(url, "c", List.of(row("a")), Way.POINTS));
    ALL.put("bulk", (shards, url) -> shards.upsert(url, "c", List.of(row("a")), Way.BULK));
    ALL.put("delete", (shards, url) -> shards.delete(url, "c", List.of("a")));
    ALL.put("search", (shards, url) -> shards.search(url, "c", row("a"), 1, SHORT));
    ALL.put("role", (shards, url) -> shards.role(url));
  }

  static final List<String> CHANGES = List.of("create", "drop", "upsert", "bulk", "delete");

  private ShardCalls() {}

  static Row row(String payload) {
    String json = "{\"id\":\"a\",\"vector\":[1.0],\"payload\":\"" + payload + "\"}";
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswerException e) {
      throw new AssertionError(e);
    }
  }
}
