// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Migrations put shards to the front and back to their place, each in one version step. */
class ShardMapPlacesTest {
  private static final ShardMap MAP =
      new ShardMap(
          5, List.of(shard(0), shard(1), shard(2), shard(3), shard(4)), List.of(3L), List.of(1L));

  private static Shard shard(long id) {
    return new Shard(id, "http://s" + id + ":6333", List.of());
  }

  @Test
  void aPromotedShardComesFirst() {
    check(MAP.promoteToFront(3), List.of(3L, 0L, 1L, 2L, 4L), List.of(), List.of(1L));
    assertEquals(Refusal.NOT_JOINING, refusal(MAP.promoteToFront(0)));
    assertEquals(Refusal.UNKNOWN_SHARD, refusal(MAP.promoteToFront(9)));
  }

  @Test
  void aLeavingShardComesFirstWhetherItWasMarkedBeforeOrNot() {
    check(MAP.leaveFromFront(2), List.of(2L, 0L, 1L, 3L, 4L), List.of(3L), List.of(1L, 2L));
    check(MAP.leaveFromFront(1), List.of(1L, 0L, 2L, 3L, 4L), List.of(3L), List.of(1L));
    assertEquals(Refusal.STILL_JOINING, refusal(MAP.leaveFromFront(3)));
    ShardMap two = new ShardMap(1, List.of(shard(0), shard(1)), List.of(), List.of(0L, 1L));
    assertEquals(Refusal.NO_ACTIVE_SHARD_LEFT, refusal(two.leaveFromFront(0)));
  }

  @Test
  void aShardThatStaysGoesToItsPlaceOrToTheNearestThereIs() {
    check(MAP.stayAt(1, 0), List.of(1L, 0L, 2L, 3L, 4L), List.of(3L), List.of());
    check(MAP.stayAt(1, 2), List.of(0L, 2L, 1L, 3L, 4L), List.of(3L), List.of());
    check(MAP.stayAt(1, 99), List.of(0L, 2L, 3L, 4L, 1L), List.of(3L), List.of());
    check(MAP.stayAt(1, -1), List.of(1L, 0L, 2L, 3L, 4L), List.of(3L), List.of());
    assertEquals(Refusal.NOT_LEAVING, refusal(MAP.stayAt(0, 0)));
  }

  private static void check(
      MapChange change, List<Long> order, List<Long> joining, List<Long> leaving) {
    ShardMap map = assertInstanceOf(Changed.class, change).map();
    assertEquals(order, map.shards().stream().map(Shard::id).toList());
    assertEquals(joining, map.joining());
    assertEquals(leaving, map.leaving());
    assertEquals(6, map.version());
  }

  private static Refusal refusal(MapChange change) {
    return assertInstanceOf(Refused.class, change).refusal();
  }
}
