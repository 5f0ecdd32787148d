// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with a map that no rule has made. */
final class MapViolation {
  private MapViolation() {}

  /** A sentence that names the place; empty if the map keeps every rule. */
  static Optional<String> of(ShardMap map) {
    if (map.shards().size() > ShardMap.MAX_SHARDS) {
      return Optional.of("shards: more than " + ShardMap.MAX_SHARDS + " entries");
    }
    TreeSet<Long> ids = new TreeSet<>();
    TreeSet<String> urls = new TreeSet<>();
    for (int i = 0; i < map.shards().size(); i++) {
      Shard shard = map.shards().get(i);
      if (shard.id() == -1L) {
        return Optional.of(
            "shards[" + i + "].id: " + Unsigned.text(-1L) + " leaves no id to hand out");
      }
      if (!ids.add(shard.id())) {
        return Optional.of("shards[" + i + "].id: " + Unsigned.text(shard.id()) + " stands twice");
      }
      if (shard.replicaUrls().size() > ShardMap.MAX_REPLICAS) {
        return Optional.of(
            "shards[" + i + "].replica_urls: more than " + ShardMap.MAX_REPLICAS + " entries");
      }
      for (String text : shard.urls()) {
        Optional<HttpUrl> url = HttpUrl.parse(text);
        if (url.isEmpty()) {
          return Optional.of(
              "shards[" + i + "]: \"" + ShardMap.shown(text) + "\" is no http or https URL");
        }
        if (!urls.add(url.get().identity())) {
          return Optional.of("shards[" + i + "]: " + text + " stands twice in the map");
        }
      }
    }
    if (!MapSize.fits(map.shards())) {
      return Optional.of("shards: have " + MapSize.OVER);
    }
    return flagViolation("joining", map.joining(), ids)
        .or(() -> flagViolation("leaving", map.leaving(), ids));
  }

  private static Optional<String> flagViolation(String field, List<Long> flags, Set<Long> ids) {
    TreeSet<Long> seen = new TreeSet<>();
    for (long id : flags) {
      if (!ids.contains(id)) {
        return Optional.of(field + ": no shard has id " + Unsigned.text(id));
      }
      if (!seen.add(id)) {
        return Optional.of(field + ": " + Unsigned.text(id) + " stands twice");
      }
    }
    return Optional.empty();
  }
}
