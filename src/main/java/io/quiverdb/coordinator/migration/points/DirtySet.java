// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The copies to compare again, because a round wrote or deleted them. Bounded: beyond the limit, a
 * collection is dirty as a whole. Not thread-safe.
 */
final class DirtySet {
  /** Memory of a remembered id besides its characters: entries of two maps and a string. */
  private static final int ID_OVERHEAD_BYTES = 80;

  private final long maxBytes;
  private final Set<String> whole = new HashSet<>();
  private final Map<String, Map<Long, Set<String>>> ids = new TreeMap<>();
  private long size;

  /**
   * Nothing.
   *
   * @param maxBytes memory of the ids that are remembered one by one, over all collections, in
   *     bytes
   */
  DirtySet(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The copy of a point on a shard. */
  void add(String collection, Shard target, String id) {
    if (whole.contains(collection)) {
      return;
    }
    boolean fresh =
        ids.computeIfAbsent(collection, c -> new HashMap<>())
            .computeIfAbsent(target.id(), t -> new HashSet<>())
            .add(id);
    if (fresh) {
      size += bytes(id);
      if (size > maxBytes) {
        addAll(collection);
      }
    }
  }

  private static long bytes(String id) {
    return ID_OVERHEAD_BYTES + 2L * id.length();
  }

  /** Every copy of a collection. */
  void addAll(String collection) {
    size -=
        ids.getOrDefault(collection, Map.of()).values().stream()
            .flatMap(Set::stream)
            .mapToLong(DirtySet::bytes)
            .sum();
    ids.remove(collection);
    whole.add(collection);
  }

  boolean contains(String collection, Shard target, String id) {
    return whole.contains(collection)
        || ids.getOrDefault(collection, Map.of()).getOrDefault(target.id(), Set.of()).contains(id);
  }

  /** Whether every copy of the collection is. */
  boolean isWhole(String collection) {
    return whole.contains(collection);
  }

  /** Whether none of the collection is. */
  boolean isClean(String collection) {
    return !whole.contains(collection) && size(collection) == 0;
  }

  /** Whether nothing is. */
  boolean isEmpty() {
    return whole.isEmpty() && size == 0;
  }

  /** How many ids of a collection are remembered one by one. */
  int size(String collection) {
    return ids.getOrDefault(collection, Map.of()).values().stream().mapToInt(Set::size).sum();
  }

  /** The remembered ids of a shard, in the order of a listing. */
  List<String> ids(String collection, Shard target) {
    List<String> sorted =
        new ArrayList<>(ids.getOrDefault(collection, Map.of()).getOrDefault(target.id(), Set.of()));
    sorted.sort(Utf8Order.INSTANCE);
    return sorted;
  }

  /** For the operator: what did not become equal. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    whole.stream().sorted().forEach(name -> parts.add("many points of " + name));
    ids.forEach((name, byShard) -> parts.add(size(name) + " points of " + name));
    return String.join(", ", parts);
  }
}
