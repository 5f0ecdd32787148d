// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.StubShards;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** All collections of all shards, and never all of them at once. */
class CollectionPartsTest {
  private final Map<Long, List<ShardCollection>> listings = new TreeMap<>();
  private int listed;

  private void has(long shard, String name) {
    listings
        .computeIfAbsent(shard, id -> new ArrayList<>())
        .add(StubShards.collection(name, 1, "2", Optional.empty()));
  }

  private CollectionParts parts() {
    List<Shard> shards =
        LongStream.range(0, listings.size())
            .mapToObj(id -> new Shard(id, "http://s" + id + ":1", List.of()))
            .toList();
    return new CollectionParts(
        new ShardMap(1, shards, List.of(), List.of()),
        shard -> {
          listed++;
          return listings.get(shard.id());
        });
  }

  /** The holders of each collection, part by part. */
  private List<Map<String, Set<Long>>> gathered(Optional<String> after) throws Exception {
    CollectionParts parts = parts();
    List<Map<String, Set<Long>>> all = new ArrayList<>();
    Optional<String> through = after;
    CollectionParts.Part part;
    do {
      part = parts.after(through);
      Map<String, Set<Long>> holders = new TreeMap<>();
      part.byName()
          .forEach(
              (name, by) ->
                  by.keySet()
                      .forEach(
                          shard ->
                              holders
                                  .computeIfAbsent(name, key -> new TreeSet<>())
                                  .add(shard.id())));
      all.add(holders);
      through = part.byName().isEmpty() ? through : Optional.of(part.byName().lastKey());
    } while (!part.last());
    return all;
  }

  @Test
  void allAreListedOnceWithAllWhoHaveThemAndFewAtATime() throws Exception {
    Random random = new Random(7);
    Map<String, Set<Long>> wanted = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      String name = "c" + Integer.toHexString(random.nextInt());
      for (long shard = 0; shard < 5; shard++) {
        if (random.nextInt(3) > 0
            && wanted.computeIfAbsent(name, key -> new TreeSet<>()).add(shard)) {
          has(shard, name);
        }
      }
    }
    wanted.values().removeIf(Set::isEmpty);
    listings.values().forEach(listing -> Collections.shuffle(listing, random));
    List<Map<String, Set<Long>>> all = gathered(Optional.empty());
    Map<String, Set<Long>> joined = new TreeMap<>();
    for (Map<String, Set<Long>> part : all) {
      int held = part.values().stream().mapToInt(Set::size).sum();
      assertTrue(held < 30_000, () -> held + " at a time");
      part.forEach((name, by) -> assertEquals(null, joined.put(name, by), name));
    }
    assertEquals(wanted, joined);
    assertTrue(all.size() < 8, () -> all.size() + " parts");
    assertEquals(5 * all.size(), listed);
  }

  @Test
  void fewAreOnePartAndGoOnBehindOne() throws Exception {
    has(0, "b");
    has(0, "a");
    has(1, "c");
    has(1, AliasProbe.PREFIX + "x");
    assertEquals(
        List.of(Map.of("a", Set.of(0L), "b", Set.of(0L), "c", Set.of(1L))),
        gathered(Optional.empty()));
    assertEquals(2, listed);
    assertEquals(List.of(Map.of("c", Set.of(1L))), gathered(Optional.of("b")));
    assertEquals(List.of(Map.of()), gathered(Optional.of("c")));
    assertEquals(1, parts().holders("a").size());
  }

  @Test
  void oneThatIsMoreThanAPartIsAPart() throws Exception {
    String name = "x".repeat(2_000_000);
    for (long shard = 0; shard < 3; shard++) {
      has(shard, name);
      has(shard, "a");
      has(shard, "y");
    }
    Set<Long> all = Set.of(0L, 1L, 2L);
    assertEquals(
        List.of(Map.of("a", all), Map.of(name, all), Map.of("y", all)), gathered(Optional.empty()));
  }
}
