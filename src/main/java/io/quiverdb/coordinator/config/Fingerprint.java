// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The SHA-256 of a canonical text of a first content: URLs that name one endpoint count as equal,
 * and the order of the routers does not matter. Members compare it, so that its text must stay.
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
    return sha256(text.toString());
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(Unsigned.text(value)).append('\n');
  }

  private static String identity(String url) {
    return HttpUrl.parse(url).map(HttpUrl::identity).orElse(url);
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
