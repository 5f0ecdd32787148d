package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.StubWorld.DOCS;
import static io.quiverdb.coordinator.migration.StubWorld.JOINING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.IndexKind;
import io.quiverdb.coordinator.dev.Limits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows of which two are more than one of several scans may keep. */
class LongRowsTest {
  private static final int BYTES = 6 << 20;

  private final StubWorld world =
      StubWorld.grow(
          IndexKind.IVF, new Limits(1_000, 50_000, 10_000, 10_000, 32 << 20, 16 << 20, 8_192));

  @Test
  void areCopiedComparedAndDroppedByOneScanAtATime() throws Exception {
    for (long donor = 0; donor < 3; donor++) {
      for (int n = 0; n < 2; n++) {
        world.seed(world.moving(donor, JOINING, n), '"' + "x".repeat(BYTES) + n + donor + '"');
      }
    }
    Map<String, String> truth = world.truth();
    Move move = world.move();
    DataCalls calls = world.calls(move);
    new Copy(move, calls).run(world.collections());
    assertEquals(truth, world.held(JOINING));
    assertTrue(world.pageSizes.isLong(DOCS));
    assertTrue(world.shards.largestPage < BYTES + 1_000, "a page keeps one row");
    new Reconcile(move, calls).untilEqual(world.collections());
    world.publish(List.of());
    while (!world.dropPass()) {}
    assertEquals(Map.of(), world.truth());
    assertEquals(truth, world.held(JOINING));
    assertEquals(List.of(), world.spilled);
    assertEquals(List.of(), world.control.holds);
  }

  @Test
  void anotherCollectionOrTheNextMoveIsReadSideBySideAgain() {
    world.pageSizes.areLong(DOCS);
    assertEquals(1, world.pageSizes.sideBySide(DOCS, 8));
    assertEquals(8, world.pageSizes.sideBySide("other", 8));
    world.pageSizes.forget();
    assertFalse(world.pageSizes.isLong(DOCS));
  }
}
