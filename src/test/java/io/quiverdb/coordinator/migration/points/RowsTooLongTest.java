// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows of which two are more than each of two parallel scans may keep. */
class RowsTooLongTest {
  private static final int BYTES = (int) MemoryBudget.pageBytes(2) / 2 + 1;

  private final FakeWorld world =
      FakeWorld.grow(
          IndexKind.IVF, new Limits(1_000, 50_000, 10_000, 10_000, 32 << 20, 16 << 20, 8_192));

  @Test
  void areCopiedComparedAndDroppedByOneScanAtATime() throws Exception {
    for (long donor = 0; donor < 3; donor++) {
      for (int n = 0; n < 2; n++) {
        world.seed(world.moving(donor, JOINING, n), '"' + "x".repeat(BYTES) + n + donor + '"');
      }
    }
    Map<String, String> truth = world.truth();
    MigrationContext context = world.migration();
    DataCalls calls = world.calls(context);
    new Copy(context, calls).run(world.collections());
    assertEquals(truth, world.held(JOINING));
    assertTrue(world.pageSizes.isLong(DOCS));
    assertTrue(world.shards.largestPage < BYTES + 1_000, "a page keeps one row");
    new Reconcile(context, calls).untilEqual(world.collections());
    world.publish(List.of());
    while (!world.dropPass()) {}
    assertEquals(Map.of(), world.truth());
    assertEquals(truth, world.held(JOINING));
    assertEquals(List.of(), world.spilled);
    assertEquals(List.of(), world.control.holds);
  }

  /** Short rows come first, so that the comparison has met what a donor lacks. */
  @Test
  void whatADonorLacksCountsOnceAlthoughTheComparisonBeginsAgain() throws Exception {
    int lacks = world.settings.spillThreshold() - 1;
    for (int n = 0; n < 12; n++) {
      world.seed(world.moving(0, JOINING, n), n);
    }
    List<String> inOrder = List.copyOf(world.held(0).keySet());
    for (String id : inOrder.subList(10, 12)) {
      world.seed(id, '"' + "x".repeat(BYTES) + '"');
    }
    MigrationContext context = world.migration();
    DataCalls calls = world.calls(context);
    new Copy(context, calls).run(world.collections());
    world.pageSizes.forget();
    inOrder.subList(0, lacks).forEach(id -> world.erase(0, id));
    world.shards.calls.clear();
    new Reconcile(context, calls).untilEqual(world.collections());
    assertTrue(world.pageSizes.isLong(DOCS), "it began again");
    assertEquals(List.of(), world.control.holds);
    assertEquals(world.truth(), world.held(JOINING));
    List<String> deleted =
        world.shards.calls.stream()
            .filter(call -> call.op() == FakeShards.Op.DELETE)
            .flatMap(call -> call.ids().stream())
            .toList();
    assertEquals(inOrder.subList(0, lacks), deleted);
  }

  /** As a shard does whose rows of these collections are too long for one of several scans. */
  private static List<ShardCollection> twoWithLongRows(FakeWorld world) {
    for (Shard shard : world.during.shards()) {
      world.core(shard.id()).create(CollectionSchema.of("more", 2, Metric.L2, IndexKind.IVF));
    }
    world.shards.fail(
        Kind.REFUSED,
        call -> call.op() == FakeShards.Op.FETCH && !world.pageSizes.isLong(call.collection()));
    return world.core(0).collections().stream().map(FakeShards::listed).toList();
  }

  @Test
  void aDropBeginsAgainForEachCollectionThatHasThem() throws Exception {
    FakeWorld drain = FakeWorld.drain();
    MigrationContext context = drain.migration();
    List<ShardCollection> both = twoWithLongRows(drain);
    drain.publish(List.of(FakeWorld.LEAVING));
    AbsentCounter absent = new AbsentCounter(drain.control, 5);
    assertFalse(new Drop(context, drain.calls(context), absent).pass(both), "it has begun again");
    assertTrue(new Drop(context, drain.calls(context), absent).pass(both));
  }

  @Test
  void aWipeBeginsAgainForEachCollectionThatHasThem() throws Exception {
    MigrationContext context = world.migration();
    assertEquals(2, twoWithLongRows(world).size());
    world.core(JOINING).upsert("more", List.of(FakeWorld.point("a", 1)), false);
    world.publish(List.of(JOINING));
    new RevertCleanup(context, world.calls(context)).run();
    assertEquals(List.of(), world.core(JOINING).fetch("more", 0, 10));
  }

  @Test
  void anotherCollectionOrTheNextMigrationIsReadSideBySideAgain() {
    world.pageSizes.areLong(DOCS);
    assertEquals(1, world.pageSizes.sideBySide(DOCS, 8));
    assertEquals(8, world.pageSizes.sideBySide("other", 8));
    world.pageSizes.forget();
    assertFalse(world.pageSizes.isLong(DOCS));
  }
}
