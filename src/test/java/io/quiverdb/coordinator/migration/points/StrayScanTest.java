// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which points a scan calls strays, and what it says of them. */
class StrayScanTest {
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final int POINTS = 200;

  private final FakeWorld world = FakeWorld.grow(FakeWorld.pages(16));

  /** Without the shard that joins. */
  private final ShardMap map =
      new ShardMap(
          5,
          world.during.shards().stream().filter(s -> s.id() != FakeWorld.JOINING).toList(),
          List.of(),
          List.of());

  private long owner(String id) {
    return RendezvousHash.owner(map, id).orElseThrow();
  }

  private void fill() {
    for (int i = 0; i < POINTS; i++) {
      world.store(owner(FakeWorld.key(i)), FakeWorld.key(i), i);
    }
  }

  /** The n-th id that another shard owns. */
  private String foreign(long shard, int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "f" + i;
      if (owner(id) != shard && left-- == 0) {
        return id;
      }
    }
  }

  private CheckedShard scan(long shard, long pointsPerSecond) throws Exception {
    StrayScan scan =
        new StrayScan(
            world.migration().calls(), map, DRAIN, Duration.ofMillis(25), pointsPerSecond);
    ShardCollection docs =
        scan.collections(FakeWorld.shard(shard)).stream()
            .filter(c -> c.name().equals(FakeWorld.DOCS))
            .findFirst()
            .orElseThrow();
    return scan.first(FakeWorld.shard(shard), docs, 3).second();
  }

  private CheckedShard scan() throws Exception {
    return scan(0, 0);
  }

  @Test
  void aCleanShardHasNone() throws Exception {
    fill();
    CheckedShard row = scan();
    assertEquals(world.held(0).size(), row.points());
    assertEquals(row.points(), row.owned());
    assertEquals(StrayCounts.NONE, row.strays());
    assertEquals(List.of(), row.samples());
    assertTrue(world.time.nanos() < DRAIN.toNanos(), "there was nothing to look at twice");
  }

  @Test
  void eachKindIsCounted() throws Exception {
    fill();
    for (int i = 0; i < 6; i++) {
      String id = foreign(0, i);
      world.store(0, id, 7);
      if (i < 3) {
        world.store(owner(id), id, i == 0 ? 7 : 8);
      }
    }
    CheckedShard row = scan();
    assertEquals(new StrayCounts(1, 2, 3), row.strays());
    assertEquals(world.held(0).size(), row.points());
    assertEquals(row.points() - 6, row.owned());
    assertEquals(5, row.samples().size());
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      ids.add(foreign(0, i));
    }
    assertTrue(ids.containsAll(row.samples()));
  }

  @Test
  void thatIsGoneAtTheSecondLookIsNone() throws Exception {
    fill();
    String id = foreign(0, 0);
    world.store(0, id, 7);
    world.time.in(DRAIN.minusSeconds(1), () -> world.erase(0, id));
    CheckedShard row = scan();
    assertEquals(StrayCounts.NONE, row.strays());
    assertEquals(world.held(0).size(), row.points());
  }

  @Test
  void theSecondLookComesADrainAfterTheFirst() throws Exception {
    fill();
    world.store(0, foreign(0, 0), 7);
    long[] read = new long[1];
    world.shards.before(call -> read[0] = call.op() == Op.POINT ? world.time.nanos() : read[0]);
    long[] listed = new long[1];
    world.shards.before(
        call ->
            listed[0] = call.op() == Op.FETCH && listed[0] == 0 ? world.time.nanos() : listed[0]);
    scan();
    assertTrue(read[0] - listed[0] >= DRAIN.toNanos());
  }

  @Test
  void aStrayThatItsOwnerOverwritesIsNoSurprise() throws Exception {
    fill();
    String id = foreign(0, 0);
    world.store(0, id, 7);
    world.store(owner(id), id, 7);
    world.time.in(Duration.ofSeconds(5), () -> world.store(owner(id), id, 9));
    assertEquals(new StrayCounts(0, 1, 0), scan().strays());
  }

  @Test
  void anOwnerWithoutTheCollectionLacksThePoint() throws Exception {
    String id = foreign(0, 0);
    world.store(0, id, 7);
    world.core(owner(id)).drop(FakeWorld.DOCS);
    assertEquals(new StrayCounts(0, 0, 1), scan().strays());
  }

  @Test
  void aCollectionThatGoesMeanwhileIsSaid() {
    fill();
    world.shards.before(
        call -> {
          if (call.op() == Op.FETCH) {
            world.core(0).drop(FakeWorld.DOCS);
          }
        });
    assertThrows(CollectionChanged.class, this::scan);
  }

  @Test
  void changesNothing() throws Exception {
    fill();
    for (int i = 0; i < 40; i++) {
      world.store(0, foreign(0, i), 7);
    }
    scan();
    assertTrue(
        world.shards.calls.stream()
            .noneMatch(
                call -> call.op() == Op.DELETE || call.op() == Op.UPSERT || call.op() == Op.BULK));
  }

  @Test
  void restsFourTimesAsLongAsItReads() throws Exception {
    fill();
    long[] busy = new long[1];
    long[] begun = new long[1];
    world.shards.perRow = Duration.ofMillis(20);
    world.shards.hooks.add(
        new FakeShards.Hook() {
          @Override
          public void after(FakeShards.Call call) {
            busy[0] += world.shards.perRow.toNanos() * (1 + call.ids().size());
          }
        });
    begun[0] = world.time.nanos();
    scan();
    assertTrue(world.time.nanos() - begun[0] >= 4 * busy[0], "busy for " + busy[0]);
  }

  @Test
  void keepsToTheThrottle() throws Exception {
    fill();
    long points = world.held(0).size();
    scan(0, 10);
    assertTrue(world.time.nanos() >= Duration.ofSeconds(points / 10 - 2).toNanos());
  }

  @Test
  void stopsBetweenTwoPages() {
    fill();
    world.shards.before(
        call -> {
          if (call.op() == Op.FETCH) {
            world.control.onCheck =
                () -> {
                  throw new StepStopped("stopped");
                };
          }
        });
    assertThrows(StepStopped.class, this::scan);
    assertEquals(1, world.shards.count(Op.FETCH, FakeWorld.url(0)));
  }

  @Test
  void writersInTheMiddleOfItCauseNoFalseAlarm() throws Exception {
    fill();
    int[] n = {0};
    world.shards.before(
        call -> {
          // Before each call a client puts two points and deletes another one.
          for (int i = 0; i < 2; i++) {
            String id = "k" + (n[0] * 37 % 500) + "w" + n[0]++;
            world.store(owner(id), id, n[0]);
          }
          String gone = FakeWorld.key(n[0] * 13 % POINTS);
          world.erase(owner(gone), gone);
        });
    for (long shard = 0; shard < 3; shard++) {
      CheckedShard row = scan(shard, 0);
      assertEquals(StrayCounts.NONE, row.strays());
      assertEquals(row.points(), row.owned());
    }
  }
}
