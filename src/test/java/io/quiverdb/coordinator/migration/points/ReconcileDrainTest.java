// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The copies of a drain on several shards are compared, each with its donor. */
class ReconcileDrainTest {
  private static final String OLD = "\"old\"";
  private static final String NEW = "\"new\"";

  @Test
  void aDrainBringsTheSurvivorsWhatTheyLackAndLeavesThemTheirOwn() throws Exception {
    for (FakeWorld world :
        List.of(FakeWorld.drain(FakeWorld.pages(50)), FakeWorld.many(MigrationKind.DRAIN))) {
      world.seed(2_000);
      Map<Long, Map<String, String>> own = own(world);
      drain(world);
      assertEquals(world.truth(), world.copies());
      assertEquals(own, own(world));
      assertEquals(world.truth().size(), world.control.throttled);
      List<MigrationPart> done = world.control.moved.stream().filter(MigrationPart::done).toList();
      assertEquals(world.during.shards().size() - 1, done.size());
      assertEquals(world.truth().size(), done.stream().mapToLong(MigrationPart::pointsDone).sum());
      ReconcileTest.verify(world);
      assertEquals(List.of(1, 2), world.control.rounds);
    }
  }

  @Test
  void aDrainPutsStaleCopiesOnSurvivorsRight() throws Exception {
    FakeWorld world = FakeWorld.drain();
    world.seed(200);
    String other = world.moving(LEAVING, 0, 0);
    String gone = world.moving(LEAVING, 0, 1);
    String astray = world.moving(LEAVING, 0, 2);
    world.seed(other, NEW);
    world.store(0, other, OLD);
    world.store(0, gone, OLD);
    world.seed(astray, NEW);
    world.store(1, astray, OLD);
    drain(world);
    assertEquals(NEW, world.held(0).get(other));
    assertFalse(world.held(0).containsKey(gone));
    assertFalse(world.held(1).containsKey(astray), "a search would show it");
    assertEquals(NEW, world.held(0).get(astray));
  }

  @Test
  void aDrainGoesOnAfterAnInterruptionWithoutWritingAgain() throws Exception {
    FakeWorld world = FakeWorld.drain(FakeWorld.pages(50));
    world.seed(2_000);
    int[] left = {40};
    world.control.onCheck =
        () -> {
          if (--left[0] == 0) {
            throw new StepStopped("another leader");
          }
        };
    assertThrows(StepStopped.class, () -> drain(world));
    world.control.onCheck = () -> {};
    int copied = world.copies().size();
    assertTrue(copied > 0 && copied < world.truth().size(), copied + " copied");
    world.logged(List.copyOf(world.control.moved));
    world.control.throttled = 0;
    drain(world);
    assertEquals(world.truth(), world.copies());
    assertEquals(world.truth().size() - copied, world.control.throttled);
  }

  /** What survivors hold of their own. */
  private static Map<Long, Map<String, String>> own(FakeWorld world) {
    Map<Long, Map<String, String>> own = new TreeMap<>();
    world.during.shards().stream()
        .filter(shard -> shard.id() != LEAVING)
        .forEach(
            shard -> {
              Map<String, String> held = world.held(shard.id());
              held.keySet().removeIf(id -> world.donor(id).isPresent());
              own.put(shard.id(), held);
            });
    return own;
  }

  private static void drain(FakeWorld world) throws Exception {
    MigrationContext context = world.migration();
    new Reconcile(context, world.calls(context)).first(world.collections());
  }
}
