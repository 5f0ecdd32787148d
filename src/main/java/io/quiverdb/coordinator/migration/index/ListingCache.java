// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Caches the collections that shards and replicas list. A listing of many collections is long, so
 * it is not read again for each of them. Thread-safe.
 */
final class ListingCache {
  private final ShardApi shards;
  private final Map<String, SortedMap<String, ShardCollection>> byUrl = new ConcurrentHashMap<>();

  ListingCache(ShardApi shards) {
    this.shards = shards;
  }

  /** All collections at a URL, by name. */
  SortedMap<String, ShardCollection> of(String url) throws ShardException, InterruptedException {
    SortedMap<String, ShardCollection> known = byUrl.get(url);
    if (known == null) {
      known = shards.collectionsByName(url);
      byUrl.put(url, known);
    }
    return known;
  }

  /** How many points a collection had there. */
  long count(String url, String collection) throws ShardException, InterruptedException {
    return Optional.ofNullable(of(url).get(collection)).map(ShardCollection::count).orElse(0L);
  }

  /** Discards all listings. */
  void forget() {
    byUrl.clear();
  }
}
