package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What shards and replicas list, each asked once until it is forgotten: a listing of many
 * collections is long, and is not to be read again for each of them. Thread-safe.
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

  /** The next ones are asked for again. */
  void forget() {
    byUrl.clear();
  }
}
