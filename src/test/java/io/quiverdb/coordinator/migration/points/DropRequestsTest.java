// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The requests of a drop: how many ids each has, and what happens if one is not answered. */
class DropRequestsTest {
  @Test
  void sendsFewerIdsOfADeleteThatIsNotAnsweredInTime() throws Exception {
    FakeWorld world = DropTest.flipped(2_000);
    world.shards.fail(Kind.TIMED_OUT, call -> call.op() == Op.DELETE && call.ids().size() > 5);
    while (!DropTest.pass(world)) {}
    assertEquals(Map.of(), world.truth());
    assertFalse(world.control.waitsNow, "the wait for the one that was too slow is over");
  }

  @Test
  void holdsForADeleteThatIsNeverAnsweredThoughItIsSentInHalves() throws Exception {
    FakeWorld world = DropTest.flipped(2_000);
    int[] sent = {0};
    boolean[] hangs = {true};
    world.shards.fail(
        Kind.TIMED_OUT,
        call -> {
          boolean delete = call.op() == Op.DELETE && call.url().equals(url(0));
          // The first deletes, which prove something, are of one point each.
          boolean lost = hangs[0] && delete && (sent[0] > 0 || call.ids().size() > 5);
          sent[0] += lost ? 1 : 0;
          return lost;
        });
    world.control.onHold =
        what -> {
          assertEquals("shard", what);
          assertEquals(9, sent[0], "as many as of any other request");
          hangs[0] = false;
        };
    while (!DropTest.pass(world)) {}
    assertEquals(1, world.control.holds.size());
    assertEquals(Map.of(), world.truth());
  }

  @Test
  void deletesAreSmallEnoughForAShardThatServes() throws Exception {
    FakeWorld world = DropTest.flipped(3_000, Limits.DEFAULT);
    world.shards.perRow = Duration.ofNanos(330_000);
    DropTest.pass(world);
    long most =
        world.shards.calls.stream()
            .filter(call -> call.op() == Op.DELETE)
            .mapToLong(call -> call.ids().size())
            .max()
            .orElseThrow();
    assertTrue(most > 40 && most <= 76, most + " ids take " + most * 0.33 + " ms");
  }

  @Test
  void waitsUntilADeleteWithoutAnAnswerCanTakeEffectNoMore() throws Exception {
    FakeWorld world = DropTest.flipped(300);
    int[] deletes = {0};
    world.shards.fail(Kind.TIMED_OUT, call -> call.op() == Op.DELETE && ++deletes[0] == 4);
    long begun = world.time.nanos();
    DropTest.pass(world);
    assertTrue(world.time.nanos() - begun >= Duration.ofSeconds(10).toNanos());
  }
}
