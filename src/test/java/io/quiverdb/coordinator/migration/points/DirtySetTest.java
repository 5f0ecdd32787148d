// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.model.Shard;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirtySetTest {
  private final Shard one = FakeWorld.shard(1);
  private final Shard two = FakeWorld.shard(2);

  @Test
  void remembersCopiesByCollectionShardAndId() {
    DirtySet dirty = new DirtySet(1_000);
    assertTrue(dirty.isEmpty());
    dirty.add("docs", one, "b");
    dirty.add("docs", one, "\ud83d\ude00");
    dirty.add("docs", one, "\uffff");
    dirty.add("docs", one, "b");
    assertEquals(List.of("b", "\uffff", "\ud83d\ude00"), dirty.ids("docs", one), "as listed");
    assertEquals(List.of(), dirty.ids("docs", two));
    assertEquals(3, dirty.size("docs"));
    assertTrue(dirty.contains("docs", one, "b"));
    assertFalse(dirty.contains("docs", two, "b"));
    assertFalse(dirty.contains("other", one, "b"));
    assertTrue(dirty.isClean("other"));
    assertFalse(dirty.isEmpty());
  }

  @Test
  void takesACollectionAsAWholeWhenThereAreTooMany() {
    DirtySet dirty = new DirtySet(3 * 82);
    dirty.add("docs", one, "a");
    dirty.add("docs", two, "a");
    dirty.add("other", one, "a");
    assertFalse(dirty.isWhole("docs"));
    dirty.add("docs", two, "b");
    assertTrue(dirty.isWhole("docs"));
    assertTrue(dirty.contains("docs", two, "never added"));
    assertFalse(dirty.isWhole("other"));
    assertFalse(dirty.isEmpty());
    // What was remembered of it has made room.
    dirty.add("other", one, "b");
    dirty.add("other", one, "c");
    assertFalse(dirty.isWhole("other"));
    dirty.add("docs", one, "c");
    assertEquals(0, dirty.size("docs"));
    assertEquals("many points of docs, 3 points of other", dirty.toString());
  }

  @Test
  void longIdsCountByTheirLength() {
    DirtySet dirty = new DirtySet(Reconcile.MAX_DIRTY_BYTES);
    int remembered = 0;
    while (!dirty.isWhole("docs")) {
      dirty.add("docs", one, "%05d".formatted(remembered++) + "x".repeat(20_000));
    }
    assertTrue(
        remembered * 40_000L <= Reconcile.MAX_DIRTY_BYTES + 50_000, remembered + " ids of 20 KB");
  }
}
