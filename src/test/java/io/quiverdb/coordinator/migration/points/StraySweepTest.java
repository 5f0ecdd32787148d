// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which points a sweep deletes, and what it keeps of them. */
class StraySweepTest implements StraySweep.Results {
  private static final int POINTS = 200;

  private final FakeWorld world = FakeWorld.grow(FakeWorld.pages(16));
  private final List<Spilled> spilled = new ArrayList<>();
  private StrayCounts removed = StrayCounts.NONE;

  private final ShardMap map =
      new ShardMap(
          5,
          world.during.shards().stream().filter(s -> s.id() != FakeWorld.JOINING).toList(),
          List.of(),
          List.of());

  @Override
  public void keep(List<Spilled> rows) {
    spilled.addAll(rows);
  }

  @Override
  public void removed(String collection, Shard shard, StrayCounts counts) {
    removed = removed.plus(counts);
  }

  @BeforeEach
  void fill() {
    for (int i = 0; i < POINTS; i++) {
      world.store(owner(FakeWorld.key(i)), FakeWorld.key(i), i);
    }
  }

  private long owner(String id) {
    return RendezvousHash.owner(map, id).orElseThrow();
  }

  /** The n-th id that another shard owns. */
  private String foreign(int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "f" + i;
      if (owner(id) != 0 && left-- == 0) {
        return id;
      }
    }
  }

  private void sweep(long spillLimit) throws Exception {
    StraySweep sweep =
        new StraySweep(
            world.migration().calls(),
            map,
            Sweep.begun(spillLimit, 0, false, 0),
            Duration.ofMillis(25),
            world.late,
            this);
    ShardCollection docs =
        sweep.collections(FakeWorld.shard(0)).stream()
            .filter(c -> c.name().equals(FakeWorld.DOCS))
            .findFirst()
            .orElseThrow();
    sweep.sweep(FakeWorld.shard(0), docs);
  }

  private List<String> kept() {
    return spilled.stream().map(one -> one.row().id()).distinct().sorted().toList();
  }

  @Test
  void leavesWhatIsOwned() throws Exception {
    Map<String, String> before = world.held(0);
    sweep(0);
    assertEquals(before, world.held(0));
    assertEquals(0, world.shards.count(Op.DELETE, FakeWorld.url(0)));
  }

  @Test
  void keepsWhatTheOwnerLacksOrHasOtherwise() throws Exception {
    Map<String, String> before = world.held(0);
    for (int i = 0; i < 60; i++) {
      world.store(0, foreign(i), 7);
      if (i < 50) {
        world.store(owner(foreign(i)), foreign(i), i < 30 ? 7 : 8);
      }
    }
    Map<String, String> one = world.held(1);
    Map<String, String> two = world.held(2);
    sweep(10);
    assertEquals(before, world.held(0));
    assertEquals(one, world.held(1));
    assertEquals(two, world.held(2));
    assertEquals(new StrayCounts(30, 20, 10), removed);
    for (int i = 30; i < 60; i++) {
      assertTrue(kept().contains(foreign(i)), foreign(i));
    }
    assertEquals(
        10, spilled.stream().filter(Spilled::absentOnOwner).count(), "what the owner lacks");
    assertTrue(spilled.size() <= 32, "of equal ones the first of each owner alone");
  }

  @Test
  void aPointIsComparedAsItIsWhenItGoes() throws Exception {
    world.store(0, foreign(0), 7);
    world.store(owner(foreign(0)), foreign(0), 7);
    // Behind the scan, before the point is read again.
    world.shards.before(
        call -> {
          if (call.op() == Op.FETCH) {
            world.store(0, foreign(0), 9);
          }
        });
    sweep(0);
    assertEquals(new StrayCounts(0, 1, 0), removed);
    assertEquals("9", spilled.get(0).row().payloadJson());
  }

  @Test
  void tooManyOnlyCopiesAreLeft() {
    for (int i = 0; i < 11; i++) {
      world.store(0, foreign(i), 7);
    }
    StepFailed failed = assertThrows(StepFailed.class, () -> sweep(10));
    assertTrue(String.valueOf(failed.getMessage()).contains("spill_limit"), failed::getMessage);
    for (int i = 0; i < 11; i++) {
      boolean left = world.held(0).containsKey(foreign(i));
      assertTrue(left || kept().contains(foreign(i)), foreign(i));
    }
    assertTrue(world.held(0).keySet().stream().anyMatch(id -> owner(id) != 0), "some are left");
  }

  @Test
  void aPointWhoseOwnerCannotBeReadStays() {
    world.store(0, foreign(0), 7);
    String its = FakeWorld.url(owner(foreign(0)));
    world.shards.fail(Kind.TIMED_OUT, call -> call.op() == Op.POINT && call.url().equals(its));
    int[] checks = new int[1];
    world.control.onCheck =
        () -> {
          if (++checks[0] > 100) {
            throw new StepStopped("enough");
          }
        };
    assertThrows(StepStopped.class, () -> sweep(10));
    assertTrue(world.held(0).containsKey(foreign(0)));
    assertEquals(0, world.shards.count(Op.DELETE, FakeWorld.url(0)));
  }

  @Test
  void ofOneStoreUnderTwoNamesHardlyAnythingIsLost() {
    // Shard 0 is shard 1 as well: nothing else shows that its points are no copies.
    world.shards.cores.put(FakeWorld.url(0), world.core(1));
    Map<String, String> all = world.held(1);
    StepFailed failed = assertThrows(StepFailed.class, () -> sweep(1000));
    assertTrue(String.valueOf(failed.getMessage()).contains("one store"), failed::getMessage);
    assertEquals(all.size() - 3, world.held(1).size());
    all.keySet().removeAll(world.held(1).keySet());
    assertEquals(List.copyOf(all.keySet()), kept());
  }

  @Test
  void whatAnOwnerHadBeforeItCameBackEmptyIsKept() throws Exception {
    for (int i = 0; i < 120; i++) {
      if (owner(foreign(i)) == 1) {
        world.store(0, foreign(i), 7);
        world.store(1, foreign(i), 7);
      }
    }
    int[] reads = new int[1];
    Set<String> left = new TreeSet<>();
    world.shards.before(
        call -> {
          if (call.op() == Op.POINT && call.url().equals(FakeWorld.url(1)) && ++reads[0] == 20) {
            world.time.sleep(Duration.ofSeconds(20));
            world.core(1).delete(FakeWorld.DOCS, List.copyOf(world.held(1).keySet()));
            left.addAll(world.held(0).keySet());
          }
        });
    sweep(1_000);
    left.removeAll(world.held(0).keySet());
    assertTrue(left.size() > 20, left::toString);
    left.removeAll(kept());
    assertEquals(Set.of(), left, "deleted when nobody else had it");
  }

  @Test
  void anOwnerWithoutTheCollectionLacksThePoint() throws Exception {
    world.store(0, foreign(0), 7);
    world.core(owner(foreign(0))).drop(FakeWorld.DOCS);
    sweep(1);
    assertFalse(world.held(0).containsKey(foreign(0)));
    assertEquals(List.of(foreign(0)), kept());
  }
}
