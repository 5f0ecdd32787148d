// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.digest.Sha256;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The SHA-256 of a canonical text of an initial content: URLs of the same endpoint count as equal,
 * and the order of the routers does not matter. Members compare it, so the text must not change.
 */
final class Fingerprint {
  private Fingerprint() {}

  static String of(ShardMap map, long nextId, List<String> routers) {
    StringBuilder text = new StringBuilder("bootstrap 1\n");
    line(text, "version", map.version());
    line(text, "next_id", nextId);
    for (Shard shard : map.shards()) {
      line(text, "shard", shard.id());
      shard.urls().forEach(url -> text.append("url ").append(identity(url)).append('\n'));
    }
    map.joining().forEach(id -> line(text, "joining", id));
    map.leaving().forEach(id -> line(text, "leaving", id));
    routers.stream()
        .map(Fingerprint::identity)
        .sorted()
        .forEach(url -> text.append("router ").append(url).append('\n'));
    return Sha256.text(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(Unsigned.text(value)).append('\n');
  }

  private static String identity(String url) {
    return HttpUrl.parse(url).map(HttpUrl::identity).orElse(url);
  }
}
