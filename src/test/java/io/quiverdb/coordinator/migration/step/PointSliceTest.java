// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeWorld;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PointSliceTest {
  private static final int IDS = 5_000;

  @Test
  void movesWhatRoutersWriteTwiceInAGrow() {
    FakeWorld world = FakeWorld.grow();
    PointSlice slice = slice(world);
    int moving = 0;
    for (int i = 0; i < IDS; i++) {
      String id = "id-" + i;
      OptionalLong donor = RendezvousHash.donor(world.during, id);
      Shard counterpart = slice.counterpart(id);
      if (donor.isEmpty()) {
        assertNull(counterpart, id);
      } else {
        moving++;
        assertNotNull(counterpart, id);
        assertEquals(donor.getAsLong(), counterpart.id(), id);
        assertEquals(RendezvousHash.owner(world.during, id), OptionalLong.of(FakeWorld.JOINING));
        assertEquals(FakeWorld.JOINING, slice.owner(id).id());
      }
    }
    assertTrue(moving > IDS / 5 && moving < IDS / 3, moving + " move onto one shard of four");
  }

  @Test
  void movesWhatTheLeavingShardOwnedInADrain() {
    FakeWorld world = FakeWorld.drain();
    PointSlice slice = slice(world);
    for (int i = 0; i < IDS; i++) {
      String id = "id-" + i;
      boolean leaves =
          RendezvousHash.donor(world.during, id).equals(OptionalLong.of(FakeWorld.LEAVING));
      assertEquals(leaves, slice.moves(id), id);
      if (leaves) {
        assertEquals(
            RendezvousHash.owner(world.during, id),
            OptionalLong.of(slice.counterpart(id).id()),
            id);
      }
    }
  }

  @Test
  void staysTheSameWhateverBecomesOfTheMap() {
    for (FakeWorld world : List.of(FakeWorld.grow(), FakeWorld.drain())) {
      PointSlice before = slice(world);
      long id = before.moving().id();
      ShardMap without =
          new ShardMap(
              9,
              world.during.shards().stream().filter(shard -> shard.id() != id).toList(),
              List.of(),
              List.of());
      PointSlice after = PointSlice.of(world.control.migration().plan(), without);
      for (int i = 0; i < IDS; i++) {
        assertEquals(before.counterpart("id-" + i), after.counterpart("id-" + i));
      }
    }
  }

  @Test
  void saysWhoHoldsTheTruthAboutACopy() {
    PointSlice grow = slice(FakeWorld.grow());
    Shard donor = FakeWorld.shard(1);
    assertEquals(donor, grow.donor(grow.moving(), donor));
    assertNull(grow.donor(grow.moving(), null), "no place on the joining shard");

    PointSlice drain = slice(FakeWorld.drain());
    assertEquals(drain.moving(), drain.donor(FakeWorld.shard(1), FakeWorld.shard(1)));
    assertNull(drain.donor(FakeWorld.shard(0), FakeWorld.shard(1)), "a copy gone astray");
  }

  @Test
  void expectsAShareOfWhatIsHeld() {
    assertEquals(
        new MigrationPart("docs", 1, FakeWorld.JOINING, 25, 0, 0, "", false),
        slice(FakeWorld.grow()).part("docs", FakeWorld.shard(1), 100));
    assertEquals(
        new MigrationPart("docs", FakeWorld.LEAVING, 1, 50, 0, 0, "", false),
        slice(FakeWorld.drain()).part("docs", FakeWorld.shard(1), 100));
  }

  private static PointSlice slice(FakeWorld world) {
    return PointSlice.of(world.control.migration().plan(), world.during);
  }
}
