// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MapSizeTest {
  @Test
  void countsAllThatTheLargestFormOfAMapTakes() {
    List<Shard> shards = new ArrayList<>();
    List<Long> flags = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      List<String> replicas = new ArrayList<>();
      for (int r = 0; r < i % 17; r++) {
        replicas.add("http://r" + r + "-of-" + i + ":6333");
      }
      shards.add(new Shard(-2L - i, "http://s" + i + ":6333/a", replicas));
      flags.add(-2L - i);
    }
    int bytes = ShardMapJson.toBytes(new ShardMap(-1, shards, flags, flags)).length;
    long counted = MapSize.of(shards);
    // The last element of each list has no comma behind it, and a primary's URL none either.
    assertTrue(counted >= bytes && counted <= bytes + 3 + 2 * 300, counted + " for " + bytes);
  }

  @Test
  void whatWouldMakeAMapTooLargeIsRefusedAndTheMapStays() {
    ShardMap full = FullMap.map();
    Refused shard =
        assertInstanceOf(Refused.class, full.add(9_000, FullMap.url(9_000, 0), List.of()));
    assertEquals(Refusal.LIMIT_REACHED, shard.refusal());
    assertTrue(shard.detail().contains("2 MiB"), shard.detail());
    assertEquals(
        Refusal.LIMIT_REACHED,
        assertInstanceOf(Refused.class, full.addJoining(9_000, FullMap.url(9_000, 0), List.of()))
            .refusal());
    assertTrue(full.shards().get(0).replicaUrls().size() < ShardMap.MAX_REPLICAS);
    assertEquals(
        Refusal.LIMIT_REACHED,
        assertInstanceOf(Refused.class, full.addReplica(0, FullMap.url(9_000, 1))).refusal());
  }

  @DisplayName("a map that fits can be drained, promoted and made smaller at any version")
  @Test
  void aMapThatFitsCanBeDrainedPromotedAndMadeSmaller() {
    ShardMap full = FullMap.map();
    ShardMap joining =
        new ShardMap(
            -3, full.shards(), full.shards().stream().skip(1).map(Shard::id).toList(), List.of());
    assertEquals(Optional.empty(), joining.violation());
    assertInstanceOf(Changed.class, joining.promoteToFront(3));
    assertInstanceOf(Changed.class, full.leaveFromFront(3));
    assertInstanceOf(Changed.class, full.remove(3));
    assertInstanceOf(Changed.class, full.removeReplica(3, FullMap.url(3, 1)));
    assertTrue(
        ShardMapJson.toBytes(joining).length <= ShardMap.MAX_BYTES, "as JSON with all its flags");
  }

  @Test
  void aMapFromOutsideThatIsTooLargeBreaksARule() {
    List<Shard> longer = new ArrayList<>(FullMap.map().shards());
    longer.add(new Shard(9_000, FullMap.url(9_000, 0), List.of()));
    String violation = new ShardMap(1, longer, List.of(), List.of()).violation().orElseThrow();
    assertTrue(violation.startsWith("shards: have more than 2 MiB of JSON"), violation);
  }
}
