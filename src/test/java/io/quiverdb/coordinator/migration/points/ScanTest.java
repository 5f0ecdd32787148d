// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Call;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScanTest {
  private static final long AT = 0;

  /** Something a client does when the scan has read so many pages. */
  interface Meanwhile {
    void afterPage(int page);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 10_000})
  void meetsEveryPointOnceInTheOrderOfItsBytes(int pageRows) throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(pageRows));
    List<String> ids = List.of("", "a", "a/b", "b", "z", "é", "\uffff", "\ud83d\ude00");
    ids.forEach(id -> world.store(AT, id, 1));
    assertEquals(ids, scan(world, page -> {}));
  }

  @Test
  void meetsNothingInAnEmptyCollection() throws Exception {
    assertEquals(List.of(), scan(FakeWorld.grow(), page -> {}));
  }

  @Test
  void endsWhereTheListingEndsWithAWholePage() throws Exception {
    FakeWorld world = filled(7);
    assertEquals(keys(0, 7), scan(world, page -> {}));
  }

  @Test
  void deletesBehindTheCursorHideNothing() throws Exception {
    FakeWorld world = filled(20);
    List<String> met = scan(world, after(1, () -> keys(0, 3).forEach(id -> world.erase(AT, id))));
    assertEquals(keys(0, 20), met);
  }

  @Test
  void theOverlapRowMayGo() throws Exception {
    FakeWorld world = filled(20);
    List<String> met = scan(world, after(1, () -> world.erase(AT, FakeWorld.key(3))));
    assertEquals(keys(0, 20), met);
  }

  @Test
  void allThatWasReadMayGo() throws Exception {
    FakeWorld world = filled(20);
    List<String> met = scan(world, after(4, () -> keys(0, 13).forEach(id -> world.erase(AT, id))));
    assertEquals(keys(0, 20), met);
  }

  @Test
  void anEmptyPageIsNoEnd() throws Exception {
    FakeWorld world = filled(9);
    // Rows 0 to 6 are read; the next page would begin at row 6 of two.
    List<String> met = scan(world, after(2, () -> keys(0, 7).forEach(id -> world.erase(AT, id))));
    assertEquals(keys(0, 9), met);
  }

  @Test
  void theLastPageMayVanish() throws Exception {
    FakeWorld world = filled(9);
    List<String> met = scan(world, after(2, () -> keys(6, 9).forEach(id -> world.erase(AT, id))));
    assertEquals(keys(0, 7), met, "what was read before it went, and no more");
  }

  @Test
  void insertsBehindTheCursorRepeatNothing() throws Exception {
    FakeWorld world = filled(12);
    List<String> met =
        scan(
            world,
            page -> {
              if (page < 3) {
                for (int i = 0; i < 9; i++) {
                  world.store(AT, "a" + page + "-" + i, 1);
                }
              }
            });
    assertEquals(keys(0, 12), met);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsThereThroughoutIsMetOnceHoweverClientsWrite(long seed) throws Exception {
    Random random = new Random(seed);
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(2 + random.nextInt(12)));
    TreeSet<String> throughout = new TreeSet<>();
    TreeSet<String> others = new TreeSet<>();
    for (int i = 0; i < 400; i++) {
      world.store(AT, FakeWorld.key(i), 1);
      (random.nextBoolean() ? throughout : others).add(FakeWorld.key(i));
    }
    List<String> met =
        scan(
            world,
            page -> {
              for (int i = random.nextInt(30); i > 0; i--) {
                String id = FakeWorld.key(random.nextInt(600));
                if (!throughout.contains(id)) {
                  if (random.nextInt(3) > 0) {
                    world.erase(AT, id);
                  } else {
                    world.store(AT, id, 1);
                  }
                }
              }
            });
    List<String> sorted = new ArrayList<>(new TreeSet<>(met));
    assertEquals(sorted, met, "in order, and none twice");
    throughout.removeAll(met);
    assertEquals(new TreeSet<>(), throughout, "never met");
  }

  @Test
  void goesOnFromALoggedCursorAlthoughRowsWentBeforeIt() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(5));
    fill(world, 30);
    keys(2, 9).forEach(id -> world.erase(AT, id));
    List<String> met = new ArrayList<>();
    try (Scan scan =
        Scan.stepwise(
                world.calls(world.migration()), FakeWorld.shard(AT), FakeWorld.DOCS, 1, id -> true)
            .resumeAt(12, FakeWorld.key(14))) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        page.rows().forEach(row -> met.add(row.id()));
      }
    }
    assertEquals(keys(15, 30), met);
  }

  @Test
  void deletingWhatItMeetsCostsNoSecondReading() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(10));
    fill(world, 100);
    List<String> met = new ArrayList<>();
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.migration()), FakeWorld.shard(AT), FakeWorld.DOCS, 1, id -> true)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        for (Row row : page.rows()) {
          met.add(row.id());
          world.erase(AT, row.id());
        }
        scan.gone(page.rows().size());
      }
    }
    assertEquals(keys(0, 100), met);
    assertEquals(11, pages(world).size());
  }

  /** A drop looks points up on each of many survivors, and has a page of each in memory. */
  @Test
  void manyStepwiseScansTogetherKeepNoMoreThanOne() throws Exception {
    FakeWorld world = FakeWorld.grow();
    String payload = '"' + "x".repeat(2_000) + '"';
    for (int i = 0; i < 2_000; i++) {
      world.store(AT, FakeWorld.key(i), payload);
    }
    int open = 100;
    int met = 0;
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.migration()),
            FakeWorld.shard(AT),
            FakeWorld.DOCS,
            open,
            id -> true)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        long bytes = page.rows().stream().mapToLong(Row::size).sum();
        assertTrue(bytes * open <= 20 << 20, page.rows().size() + " rows of " + bytes + " bytes");
        met += page.rows().size();
      }
    }
    assertEquals(2_000, met);
  }

  @Test
  void errorsAreNeverAnEnd() throws Exception {
    for (Kind kind :
        List.of(Kind.TIMED_OUT, Kind.BROKEN, Kind.BUSY, Kind.UNAVAILABLE, Kind.NEVER_SENT)) {
      FakeWorld world = filled(20);
      int[] count = {0};
      world.shards.fail(kind, call -> call.op() == Op.FETCH && ++count[0] % 3 != 0);
      assertEquals(keys(0, 20), scan(world, page -> {}), kind.toString());
    }
  }

  @Test
  void aMissingCollectionIsNoEmptyOne() {
    FakeWorld world = FakeWorld.grow();
    world.core(AT).drop(FakeWorld.DOCS);
    CollectionChanged e = assertThrows(CollectionChanged.class, () -> scan(world, page -> {}));
    assertTrue(e.isAbout(FakeWorld.shard(AT)));
    assertEquals(FakeWorld.DOCS, e.collection());
  }

  @Test
  void aShardThatAnswersGarbageFailsTheStepInTheEnd() {
    FakeWorld world = FakeWorld.grow();
    world.shards.fail(Kind.BROKEN, call -> call.op() == Op.FETCH);
    assertThrows(StepFailed.class, () -> scan(world, page -> {}));
    assertFalse(world.control.waits.isEmpty(), "says what it waits for meanwhile");
  }

  /** Pages of four rows. */
  private static FakeWorld filled(int points) {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(4));
    fill(world, points);
    return world;
  }

  private static Meanwhile after(int page, Runnable change) {
    return seen -> {
      if (seen == page) {
        change.run();
      }
    };
  }

  static void fill(FakeWorld world, int points) {
    keys(0, points).forEach(id -> world.store(AT, id, 1));
  }

  static List<String> keys(int from, int to) {
    List<String> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      keys.add(FakeWorld.key(i));
    }
    return keys;
  }

  static List<Integer> pages(FakeWorld world) {
    return world.shards.calls.stream()
        .filter(call -> call.op() == Op.FETCH)
        .map(Call::rows)
        .toList();
  }

  static List<String> scan(FakeWorld world, Meanwhile meanwhile) throws Exception {
    List<String> met = new ArrayList<>();
    int pages = 0;
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.migration()), FakeWorld.shard(AT), FakeWorld.DOCS, 1, id -> true)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        page.rows().forEach(row -> met.add(row.id()));
        meanwhile.afterPage(++pages);
      }
    }
    List<String> sorted = new ArrayList<>(met);
    sorted.sort(Utf8Order.INSTANCE);
    assertEquals(sorted, met);
    return met;
  }
}
