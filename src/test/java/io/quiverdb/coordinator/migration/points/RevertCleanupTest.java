// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevertCleanupTest {
  @Test
  void emptiesTheShardThatWasToJoin() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(500);
    world.truth().forEach((id, payload) -> world.store(JOINING, id, payload));
    world.store(JOINING, world.staying(0, 0), 1);
    Map<String, String> truth = world.truth();
    world.publish(List.of(JOINING));
    wipe(world);
    assertEquals(Map.of(), world.held(JOINING));
    assertEquals(truth, world.truth());
  }

  @Test
  void aCopyThatArrivesLateIsRemovedAsWell() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.op() == Op.UPSERT && !once[0]) {
            once[0] = true;
            Point late = world.core(0).fetch(DOCS, 0, 1).get(0);
            world.time.in(
                Duration.ofSeconds(9),
                () -> world.core(JOINING).upsert(DOCS, List.of(late), false));
            world.control.onCheck =
                () -> {
                  throw new StepStopped("cancelled");
                };
            throw FakeShards.failure(Kind.TIMED_OUT, call);
          }
        });
    PacedPointOperations steps = new PacedPointOperations(world.settings);
    assertThrows(StepStopped.class, () -> steps.copy(world.migration(), world.collections()));
    world.control.onCheck = () -> {};
    world.publish(List.of(JOINING));
    steps.wipe(world.migration());
    world.time.sleep(Duration.ofMinutes(1));
    assertEquals(Map.of(), world.held(JOINING));
  }

  @Test
  void aDeadTargetIsWaitedForUntilItIsSkipped() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.store(JOINING, "a", 1);
    world.publish(List.of(JOINING));
    world.shards.fail(Kind.NEVER_SENT, call -> call.url().equals(url(JOINING)));
    world.control.onHold =
        what -> {
          if (world.control.holds.size() == 3) {
            world.change(List.of(JOINING), false);
          }
        };
    wipe(world);
    assertEquals(3, world.control.holds.size());
    assertEquals(Set.of("a"), world.held(JOINING).keySet());
  }

  @Test
  void holdsForADeadTargetWithARequestInsideUntilItIsSkipped() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.publish(List.of(JOINING));
    world.late.unknown(FakeWorld.shard(JOINING));
    world.shards.fail(Kind.NEVER_SENT, call -> call.url().equals(url(JOINING)));
    world.control.onHold =
        what -> {
          assertEquals("shard", what);
          assertTrue(world.time.nanos() < Duration.ofSeconds(30).toNanos(), "and says so soon");
          world.change(List.of(JOINING), false);
        };
    wipe(world);
    assertEquals(1, world.control.holds.size());
  }

  @Test
  void takesFromTheSurvivorsOnlyWhatTheOtherOneOwns() throws Exception {
    FakeWorld world = cancelledDrain();
    Map<String, String> owned = world.held(LEAVING);
    int own = world.held(0).size() + world.held(1).size() - world.copies().size();
    String astray = world.moving(LEAVING, 0, 700);
    world.store(1, astray, 1);
    wipe(world);
    assertEquals(Map.of(), world.copies());
    assertEquals(own, world.held(0).size() + world.held(1).size());
    assertEquals(owned, world.held(LEAVING));
  }

  @Test
  void deletesNothingWhileTheOnlyOtherCopiesAreAway() throws Exception {
    FakeWorld world = cancelledDrain();
    Map<String, String> copies = world.copies();
    boolean[] away = {true};
    world.shards.fail(Kind.NEVER_SENT, call -> away[0] && call.url().equals(url(LEAVING)));
    world.control.onHold =
        what -> {
          assertEquals(copies, world.copies());
          assertEquals(0, world.shards.calls.stream().filter(c -> c.op() == Op.DELETE).count());
          away[0] = world.control.holds.size() < 4;
        };
    wipe(world);
    assertEquals(4, world.control.holds.size());
    assertEquals(Map.of(), world.copies());
  }

  @Test
  void deletesNothingWhileTheOtherShardHasLostTheCollection() {
    FakeWorld world = cancelledDrain();
    Map<String, String> copies = world.copies();
    world.core(LEAVING).drop(DOCS);
    assertThrows(StepStopped.class, () -> wipe(world), "nobody helps");
    assertEquals(copies, world.copies());
    assertTrue(world.control.holds.get(0).contains("only copies"), world.control.holds.get(0));
  }

  /** A client drops a collection through a router, which goes from shard to shard. */
  @Test
  void doesNotWaitForACollectionThatIsBeingDroppedEverywhere() {
    FakeWorld world = cancelledDrain();
    world.core(LEAVING).drop(DOCS);
    world.control.onHold =
        what -> {
          world.core(0).drop(DOCS);
          world.core(1).drop(DOCS);
        };
    assertThrows(CollectionChanged.class, () -> wipe(world), "begins again with what is there");
    assertEquals(1, world.control.holds.size());
  }

  @Test
  void skippingTheOtherShardKeepsTheCopies() throws Exception {
    FakeWorld world = cancelledDrain();
    Map<String, String> copies = world.copies();
    world.shards.fail(Kind.NEVER_SENT, call -> call.url().equals(url(LEAVING)));
    world.control.onHold = what -> world.change(List.of(LEAVING), false);
    wipe(world);
    assertEquals(copies, world.copies());
  }

  @Test
  void keepsTheCopiesIfToldSo() throws Exception {
    FakeWorld world = cancelledDrain();
    Map<String, String> copies = world.copies();
    world.change(List.of(), true);
    wipe(world);
    assertEquals(copies, world.copies());
  }

  private static FakeWorld cancelledDrain() {
    FakeWorld world = FakeWorld.drain(FakeWorld.pages(50));
    world.seed(600);
    world.truth().forEach((id, payload) -> world.store(world.owner(id), id, payload));
    world.publish(List.of());
    return world;
  }

  @Test
  void aShardThatNeverCameBackIsNotWaitedForByTheNextMigration() throws Exception {
    FakeWorld world = FakeWorld.grow();
    Shard gone = new Shard(98, "http://gone", List.of());
    world.late.unknown(gone);
    world.shards.fail(Kind.NEVER_SENT, call -> call.url().equals(gone.primaryUrl()));
    world.late.awaitOutcomes(world.migration());
    assertEquals(List.of(), world.control.holds);
  }

  @Test
  void aShardThatJoinsOnceMoreIsWaitedForUntilItsOldRequestsAreOver() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.late.unknown(new Shard(98, url(JOINING), List.of()));
    long begun = world.time.nanos();
    world.late.awaitOutcomes(world.migration());
    assertTrue(world.time.nanos() - begun >= Duration.ofSeconds(10).toNanos());
  }

  private static void wipe(FakeWorld world) throws Exception {
    MigrationContext context = world.migration();
    new RevertCleanup(context, world.calls(context)).run();
  }
}
