// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How many points each shard has in each collection, now or after some migrations. Immutable. */
final class Holdings {
  private final Map<Long, Map<String, ShardCollection>> byShard;

  private Holdings(Map<Long, Map<String, ShardCollection>> byShard) {
    this.byShard = byShard;
  }

  /**
   * What these shards say.
   *
   * @return empty if they have more collections than this, all together
   */
  static Optional<Holdings> of(ShardApi shards, List<Shard> asked, int most)
      throws ShardException, InterruptedException {
    Map<Long, Map<String, ShardCollection>> byShard = new TreeMap<>();
    int all = 0;
    for (Shard shard : asked) {
      Map<String, ShardCollection> its = shards.collectionsByName(shard.primaryUrl());
      all += its.size();
      if (all > most) {
        return Optional.empty();
      }
      byShard.put(shard.id(), its);
    }
    return Optional.of(new Holdings(byShard));
  }

  /** The collections of a shard. */
  List<ShardCollection> on(Shard shard) {
    return List.copyOf(byShard.getOrDefault(shard.id(), Map.of()).values());
  }

  /** After a migration with these transfers. */
  Holdings after(List<PlannedTransfer> transfers) {
    Map<Long, Map<String, ShardCollection>> after = new TreeMap<>();
    byShard.forEach((shard, its) -> after.put(shard, new TreeMap<>(its)));
    for (PlannedTransfer transfer : transfers) {
      ShardCollection from =
          byShard.getOrDefault(transfer.from(), Map.of()).get(transfer.collection());
      if (from != null) {
        add(after, transfer.from(), from, -transfer.points());
        add(after, transfer.to(), from, transfer.points());
      }
    }
    return new Holdings(after);
  }

  private static void add(
      Map<Long, Map<String, ShardCollection>> after, long shard, ShardCollection like, long more) {
    Map<String, ShardCollection> its = after.computeIfAbsent(shard, id -> new TreeMap<>());
    ShardCollection known = its.get(like.name());
    long before = known == null ? 0 : known.count();
    its.put(
        like.name(),
        new ShardCollection(
            like.name(),
            Math.max(0, before + more),
            like.index(),
            like.multivector(),
            like.indexReady(),
            like.schema()));
  }
}
