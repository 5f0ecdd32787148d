// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Points whose ids no URL can carry. */
class ListingLookupTest {
  private static final String TAIL = "x".repeat(25_000);

  private final FakeWorld world = FakeWorld.grow(FakeWorld.pages(20));

  private static String id(int number) {
    return FakeWorld.key(number) + TAIL;
  }

  private Optional<String> find(String id) throws Exception {
    return world
        .calls(world.migration())
        .row(world.during.shard(0).orElseThrow(), DOCS, id)
        .map(Row::payloadJson);
  }

  private void seed(int points) {
    for (int i = 0; i < points; i += 2) {
      world.store(0, id(i), i);
    }
    // A shard refuses the URL of such a point.
    world.shards.fail(
        Kind.BROKEN, call -> call.op() == Op.POINT && call.ids().get(0).length() > 20_000);
  }

  @Test
  void areFoundInTheListingOrSurelyAbsent() throws Exception {
    assertEquals(Optional.empty(), find(id(1)), "nothing is there");
    seed(60);
    for (int i = 0; i < 60; i++) {
      assertEquals(i % 2 == 0, find(id(i)).isPresent(), "" + i);
    }
    assertEquals(Optional.empty(), find(id(99)));
    assertEquals(Optional.empty(), find(""));
    world.store(0, "", "1");
    assertEquals(Optional.of("1"), find(""));
    assertEquals(0, world.shards.count(Op.POINT, url(0)));
  }

  @Test
  void areNotMissedWhileOthersComeAndGo() throws Exception {
    seed(60);
    Random random = new Random(5);
    world.shards.before(
        call -> {
          int other = random.nextInt(29) * 2 + 1;
          if (call.op() == Op.FETCH && random.nextBoolean()) {
            world.store(0, id(other), "1");
          } else {
            world.erase(0, id(other));
          }
          int first = random.nextInt(5) * 2;
          world.erase(0, id(first));
        });
    for (int i = 10; i < 60; i += 2) {
      assertTrue(find(id(i)).isPresent(), "" + i);
    }
  }

  @Test
  void ordinaryIdsAreReadOneByOne() throws Exception {
    assertFalse(ListingLookup.isNeeded("k" + "x".repeat(1_000)));
    assertFalse(ListingLookup.isNeeded("x".repeat(20_000)));
    assertTrue(ListingLookup.isNeeded("x".repeat(20_001)));
    assertTrue(ListingLookup.isNeeded("\u20ac".repeat(6_700)));
    world.store(0, "short", "1");
    assertEquals(Optional.of("1"), find("short"));
    assertEquals(1, world.shards.count(Op.POINT, url(0)));
  }
}
