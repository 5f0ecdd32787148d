// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Lists the collections of all shards in the order of their names, a part at a time: all of them
 * may be more than the memory of a step. Shards list everything at once, so each part costs a
 * listing of each shard. Not thread-safe.
 */
final class CollectionParts {
  /** A sixth of the memory of a step; some 17,000 collections of a shard. */
  static final long PART_BYTES = 8 << 20;

  private static final int OVERHEAD_BYTES = 200;

  private final ShardMap map;
  private final Listing listing;

  /** Lists the collections of a shard. */
  interface Listing {
    List<ShardCollection> of(Shard shard) throws StepException, InterruptedException;
  }

  /**
   * The next collections.
   *
   * @param byName the shards that have each of them, as the map lists these
   * @param last whether there are no more
   */
  record Part(NavigableMap<String, Map<Shard, ShardCollection>> byName, boolean last) {}

  CollectionParts(ShardMap map, Listing listing) {
    this.map = map;
    this.listing = listing;
  }

  /** The collections behind one, or the first ones. */
  Part after(Optional<String> name) throws StepException, InterruptedException {
    NavigableMap<String, Map<Shard, ShardCollection>> part = new TreeMap<>();
    Optional<String> end = Optional.empty();
    long bytes = 0;
    for (Shard shard : map.shards()) {
      for (ShardCollection one : listing.of(shard)) {
        if (isIn(one.name(), name, end)) {
          part.computeIfAbsent(one.name(), key -> new LinkedHashMap<>()).put(shard, one);
          bytes += bytes(one);
        }
        while (bytes > PART_BYTES && part.size() > 1) {
          var gone = part.pollLastEntry();
          bytes -= gone.getValue().values().stream().mapToLong(CollectionParts::bytes).sum();
          end = Optional.of(gone.getKey());
        }
      }
    }
    return new Part(part, end.isEmpty());
  }

  /** The shards that have this collection now. */
  Map<Shard, ShardCollection> holders(String name) throws StepException, InterruptedException {
    Map<Shard, ShardCollection> holders = new LinkedHashMap<>();
    for (Shard shard : map.shards()) {
      for (ShardCollection one : listing.of(shard)) {
        if (one.name().equals(name)) {
          holders.put(shard, one);
        }
      }
    }
    return holders;
  }

  private static boolean isIn(String name, Optional<String> after, Optional<String> end) {
    return !AliasProbe.isProbe(name)
        && (after.isEmpty() || name.compareTo(after.get()) > 0)
        && (end.isEmpty() || name.compareTo(end.get()) < 0);
  }

  private static long bytes(ShardCollection one) {
    return OVERHEAD_BYTES + 2L * (one.name().length() + one.schema().length());
  }
}
