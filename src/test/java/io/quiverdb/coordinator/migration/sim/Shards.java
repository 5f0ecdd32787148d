// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All shards of a world, by URL; those that are in no map too. */
final class Shards {
  private final List<SimShard> all = new ArrayList<>();

  void add(SimShard shard) {
    all.add(shard);
  }

  List<SimShard> all() {
    return all;
  }

  /** The shard whose base URL a URL begins with. */
  Optional<SimShard> at(String url) {
    for (SimShard shard : all) {
      if (url.startsWith(shard.url)
          && (url.length() == shard.url.length() || url.charAt(shard.url.length()) == '/')) {
        return Optional.of(shard);
      }
    }
    return Optional.empty();
  }
}
