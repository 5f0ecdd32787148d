// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The operations of clients on each key, and the values that a read may return.
 *
 * <p>A value may be read if its write began before the read ended and is not superseded. It is
 * superseded once an acknowledged operation on the same key, which began after it was over, was
 * acknowledged before the read began. A write without an acknowledgement is over when its last
 * request has taken effect or never will: before that it may surface at any time.
 *
 * <p>The only exception (docs/migration.md, what is not guaranteed): a router with an older map may
 * miss what was written through one with a newer map to another shard.
 */
final class History {
  /** One read of one key. */
  record Read(
      String collection, String key, long began, long ended, long mapVersion, long holder) {}

  /** By collection, then by key. */
  private final Map<String, Map<String, List<Operation>>> operationsOf = new LinkedHashMap<>();

  private int operations;
  private int reads;
  private final Set<String> indexed = new HashSet<>();
  private int searches;

  /** Whether some shard had lost its disk at any time since then: nobody can read what it had. */
  private final LongPredicate blindSince;

  History(LongPredicate blindSince) {
    this.blindSince = blindSince;
  }

  /** What a key holds when the world begins. */
  Point initial(String collection, String key, boolean present) {
    int number = ++operations;
    Operation first =
        new Operation(
            number,
            collection,
            key,
            present ? point(key, number) : null,
            -1,
            0,
            // Every reader may expect it.
            new Operation.Targets(0, java.util.OptionalLong.empty()));
    first.acknowledged(-1);
    of(collection, key).add(first);
    return first.point;
  }

  /** An old value of a key, superseded before the world began. */
  Point orphan(String collection, String key) {
    int number = ++operations;
    Operation old =
        new Operation(
            number,
            collection,
            key,
            point(key, number),
            -10,
            0,
            new Operation.Targets(0, java.util.OptionalLong.empty()));
    old.acknowledged(-10);
    of(collection, key).add(old);
    return old.point;
  }

  Operation begin(String collection, String key, boolean delete, ShardMap map, long now) {
    int number = ++operations;
    Operation begun =
        new Operation(
            number,
            collection,
            key,
            delete ? null : point(key, number),
            now,
            map.version(),
            new Operation.Targets(
                RendezvousHash.owner(map, key).orElse(-1), RendezvousHash.donor(map, key)));
    of(collection, key).add(begun);
    return begun;
  }

  private static Point point(String key, int number) {
    return new Point(
        key,
        FloatVector.of(key.hashCode() % 1000, number % 7, 1),
        number % 3 == 0
            ? "{\"list\":[1,{\"b\":null}],\"v\":" + number + "}"
            : "{\"v\":" + number + "}");
  }

  private List<Operation> of(String collection, String key) {
    return operationsOf
        .computeIfAbsent(collection, c -> new LinkedHashMap<>())
        .computeIfAbsent(key, k -> new ArrayList<>());
  }

  int operations() {
    return operations;
  }

  int reads() {
    return reads;
  }

  /** Throws if a read returned what it must not. */
  void check(Read read, Optional<Point> seen) {
    if (blindSince.test(read.began)) {
      return;
    }
    reads++;
    List<Operation> operations = of(read.collection, read.key);
    long superseding = -2;
    for (Operation one : operations) {
      if (one.acked() < read.began && expectedBy(read, one)) {
        superseding = Math.max(superseding, one.invoked);
      }
    }
    for (Operation one : operations) {
      if (one.invoked < read.ended
          && one.ended() >= superseding
          && !one.harmless()
          && Optional.ofNullable(one.point).equals(seen)) {
        return;
      }
    }
    throw new AssertionError(
        "a read must not return " + seen + ": " + read + "\n" + text(operations));
  }

  private static boolean expectedBy(Read read, Operation operation) {
    return read.mapVersion >= operation.mapVersion || operation.targets.include(read.holder);
  }

  /** Throws if a key must not be what it is in the end. */
  void checkFinal(String collection, String key, Optional<Point> seen, long now) {
    check(new Read(collection, key, now, now, Long.MAX_VALUE, -1), seen);
  }

  /** Throws if no client ever wrote this. */
  void checkKnown(String collection, String id, Optional<String> payload) {
    boolean known =
        of(collection, id).stream()
            .anyMatch(
                one ->
                    one.point != null
                        && (payload.isEmpty() || payload.get().equals(one.point.payload())));
    if (!known) {
      throw new AssertionError("a search found what nobody wrote: " + id + " " + payload);
    }
  }

  /**
   * Throws if a search for all missed what nobody ever touched. An old shard finds nothing before
   * its first index is built: what counts begins with the first search that finds everything.
   */
  void checkFound(String collection, List<String> found, long began) {
    if (blindSince.test(began)) {
      return;
    }
    List<String> missed =
        keys(collection).stream()
            .filter(key -> untouched(of(collection, key)) && !found.contains(key))
            .toList();
    if (missed.isEmpty()) {
      indexed.add(collection);
    } else if (indexed.contains(collection)) {
      throw new AssertionError(
          "a search in " + collection + " missed " + missed + ", which were there throughout");
    }
    searches += indexed.contains(collection) ? 1 : 0;
  }

  private static boolean untouched(List<Operation> operations) {
    return operations.size() == 1 && operations.get(0).point != null;
  }

  int searches() {
    return searches;
  }

  List<String> keys(String collection) {
    return List.copyOf(operationsOf.getOrDefault(collection, Map.of()).keySet());
  }

  private static String text(List<Operation> operations) {
    StringBuilder text = new StringBuilder();
    operations.forEach(one -> text.append("    ").append(one).append('\n'));
    return text.toString();
  }
}
