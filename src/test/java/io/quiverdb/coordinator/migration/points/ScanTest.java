package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.StubShards.Call;
import io.quiverdb.coordinator.migration.points.StubShards.Op;
import io.quiverdb.coordinator.migration.port.StubTasks;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
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
  private interface Meanwhile {
    void afterPage(int page);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 10_000})
  void meetsEveryPointOnceInTheOrderOfItsBytes(int pageRows) throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(pageRows));
    List<String> ids = List.of("", "a", "a/b", "b", "z", "é", "\uffff", "\ud83d\ude00");
    ids.forEach(id -> world.store(AT, id, 1));
    assertEquals(ids, scan(world, page -> {}));
  }

  @Test
  void meetsNothingInAnEmptyCollection() throws Exception {
    assertEquals(List.of(), scan(StubWorld.grow(), page -> {}));
  }

  @Test
  void endsWhereTheListingEndsWithAWholePage() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 7);
    assertEquals(keys(0, 7), scan(world, page -> {}));
  }

  @Test
  void deletesBehindTheCursorHideNothing() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 20);
    List<String> met =
        scan(
            world,
            page -> {
              if (page == 1) {
                keys(0, 3).forEach(id -> world.erase(AT, id));
              }
            });
    assertEquals(keys(0, 20), met);
  }

  @Test
  void theOverlapRowMayGo() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 20);
    List<String> met =
        scan(
            world,
            page -> {
              if (page == 1) {
                world.erase(AT, StubWorld.key(3));
              }
            });
    assertEquals(keys(0, 20), met);
  }

  @Test
  void allThatWasReadMayGo() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 20);
    List<String> met =
        scan(
            world,
            page -> {
              if (page == 4) {
                keys(0, 13).forEach(id -> world.erase(AT, id));
              }
            });
    assertEquals(keys(0, 20), met);
  }

  @Test
  void anEmptyPageIsNoEnd() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 9);
    List<String> met =
        scan(
            world,
            page -> {
              if (page == 2) {
                // Rows 0 to 6 are read; the next page would begin at row 6 of two.
                keys(0, 7).forEach(id -> world.erase(AT, id));
              }
            });
    assertEquals(keys(0, 9), met);
  }

  @Test
  void theLastPageMayVanish() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 9);
    List<String> met =
        scan(
            world,
            page -> {
              if (page == 2) {
                keys(6, 9).forEach(id -> world.erase(AT, id));
              }
            });
    assertEquals(keys(0, 7), met, "what was read before it went, and no more");
  }

  @Test
  void insertsBehindTheCursorRepeatNothing() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(4));
    fill(world, 12);
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
    StubWorld world = StubWorld.grow(StubWorld.pages(2 + random.nextInt(12)));
    TreeSet<String> throughout = new TreeSet<>();
    TreeSet<String> others = new TreeSet<>();
    for (int i = 0; i < 400; i++) {
      world.store(AT, StubWorld.key(i), 1);
      (random.nextBoolean() ? throughout : others).add(StubWorld.key(i));
    }
    List<String> met =
        scan(
            world,
            page -> {
              for (int i = random.nextInt(30); i > 0; i--) {
                String id = StubWorld.key(random.nextInt(600));
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
    StubWorld world = StubWorld.grow(StubWorld.pages(5));
    fill(world, 30);
    keys(2, 9).forEach(id -> world.erase(AT, id));
    List<String> met = new ArrayList<>();
    try (Scan scan =
        Scan.stepwise(world.calls(world.move()), StubWorld.shard(AT), StubWorld.DOCS, 1, id -> true)
            .resumeAt(12, StubWorld.key(14))) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        page.rows().forEach(row -> met.add(row.id()));
      }
    }
    assertEquals(keys(15, 30), met);
  }

  @Test
  void deletingWhatItMeetsCostsNoSecondReading() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(10));
    fill(world, 100);
    List<String> met = new ArrayList<>();
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.move()), StubWorld.shard(AT), StubWorld.DOCS, 1, id -> true)) {
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
    StubWorld world = StubWorld.grow();
    String payload = '"' + "x".repeat(2_000) + '"';
    for (int i = 0; i < 2_000; i++) {
      world.store(AT, StubWorld.key(i), payload);
    }
    int open = 100;
    int met = 0;
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.move()), StubWorld.shard(AT), StubWorld.DOCS, open, id -> true)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        long bytes = page.rows().stream().mapToLong(Row::size).sum();
        assertTrue(bytes * open <= 20 << 20, page.rows().size() + " rows of " + bytes + " bytes");
        met += page.rows().size();
      }
    }
    assertEquals(2_000, met);
  }

  @Test
  void startsSmallAndThenTakesPagesAsLargeAsTheShardAllows() throws Exception {
    StubWorld world = StubWorld.grow();
    fill(world, 20_000);
    scan(world, page -> {});
    assertEquals(512, pages(world).get(0));
    assertEquals(4, pages(world).size());
    assertTrue(
        pages(world).subList(1, 4).stream().allMatch(rows -> rows > 8_000 && rows <= 10_000),
        () -> pages(world).toString());
  }

  @Test
  void keepsAPageUnderItsShareOfMemory() throws Exception {
    StubWorld world = StubWorld.grow();
    String payload = '"' + "x".repeat(60_000) + '"';
    for (int i = 0; i < 1_000; i++) {
      world.store(AT, StubWorld.key(i), payload);
    }
    List<Row> rows = new ArrayList<>();
    try (Scan scan =
        Scan.ahead(
            world.calls(world.move()),
            StubTasks.prompt(),
            StubWorld.shard(AT),
            StubWorld.DOCS,
            4,
            id -> true)) {
      for (Scan.Page page = scan.next(); page != null; page = scan.next()) {
        long bytes = page.rows().stream().mapToLong(Row::size).sum();
        assertTrue(bytes <= 12 << 20, bytes + " bytes");
        rows.addAll(page.rows());
      }
    }
    assertEquals(1_000, rows.size());
  }

  @Test
  void errorsAreNeverAnEnd() throws Exception {
    for (Kind kind :
        List.of(Kind.TIMED_OUT, Kind.BROKEN, Kind.BUSY, Kind.UNAVAILABLE, Kind.NEVER_SENT)) {
      StubWorld world = StubWorld.grow(StubWorld.pages(4));
      fill(world, 20);
      int[] count = {0};
      world.shards.fail(kind, call -> call.op() == Op.FETCH && ++count[0] % 3 != 0);
      assertEquals(keys(0, 20), scan(world, page -> {}), kind.toString());
    }
  }

  @Test
  void aMissingCollectionIsNoEmptyOne() {
    StubWorld world = StubWorld.grow();
    world.core(AT).drop(StubWorld.DOCS);
    CollectionChanged e = assertThrows(CollectionChanged.class, () -> scan(world, page -> {}));
    assertTrue(e.isAbout(StubWorld.shard(AT)));
    assertEquals(StubWorld.DOCS, e.collection());
  }

  @Test
  void aShardThatAnswersGarbageFailsTheStepInTheEnd() {
    StubWorld world = StubWorld.grow();
    world.shards.fail(Kind.BROKEN, call -> call.op() == Op.FETCH);
    assertThrows(StepFailed.class, () -> scan(world, page -> {}));
    assertFalse(world.control.waits.isEmpty(), "says what it waits for meanwhile");
  }

  @Test
  void aRefusedPageIsHalved() throws Exception {
    StubWorld world = StubWorld.grow();
    fill(world, 300);
    world.shards.fail(Kind.REFUSED, call -> call.op() == Op.FETCH && call.rows() > 20);
    assertEquals(keys(0, 300), scan(world, page -> {}));
  }

  private static void fill(StubWorld world, int points) {
    keys(0, points).forEach(id -> world.store(AT, id, 1));
  }

  private static List<String> keys(int from, int to) {
    List<String> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      keys.add(StubWorld.key(i));
    }
    return keys;
  }

  private static List<Integer> pages(StubWorld world) {
    return world.shards.calls.stream()
        .filter(call -> call.op() == Op.FETCH)
        .map(Call::rows)
        .toList();
  }

  /** Pages that were sized by short rows would be a hundred times as long. */
  @Test
  void longRowsAfterManyShortOnesComeInShorterPages() throws Exception {
    StubWorld world = StubWorld.grow();
    fill(world, 2_000);
    String payload = "\"" + "x".repeat(50_000) + "\"";
    for (int i = 0; i < 300; i++) {
      world.store(AT, "z%03d".formatted(i), payload);
    }
    assertEquals(2_300, scan(world, page -> {}).size());
    assertTrue(world.shards.largestPage > 1 << 20, "a page has many long rows");
    assertTrue(world.shards.largestPage <= 4 << 20, () -> world.shards.largestPage + " bytes");
  }

  /** A page costs a large shard about the same, so that smaller ones would hold it more often. */
  @Test
  void aGentlePageOfALargeListingHasATwelfthOfItsRows() throws Exception {
    StubWorld world = StubWorld.grow();
    String payload = '"' + "x".repeat(1_000) + '"';
    for (int i = 0; i < 40_000; i++) {
      world.store(AT, StubWorld.key(i), payload);
    }
    assertEquals(40_000, scan(world, page -> {}).size());
    int alone = pages(world).stream().mapToInt(rows -> rows).max().orElseThrow();
    assertTrue(alone < 2_500, alone + " rows of 1 KB are 2 MiB");
    world.shards.calls.clear();
    try (Scan scan = stepwise(world).of(40_000)) {
      while (scan.next() != null) {}
    }
    assertEquals(40_000 / 12, pages(world).stream().mapToInt(rows -> rows).max().orElseThrow());
  }

  @Test
  void aPageThatIsLateForTheNumberOfPointsIsNotAskedForInHalves() throws Exception {
    StubWorld world = StubWorld.grow();
    fill(world, 20_000);
    int[] late = {0};
    world.shards.fail(Kind.TIMED_OUT, call -> call.op() == Op.FETCH && ++late[0] <= 3);
    try (Scan scan = stepwise(world).of(20_000)) {
      while (scan.next() != null) {}
    }
    assertEquals(List.of(512, 512, 512, 512), pages(world).subList(0, 4));
    assertTrue(
        world.control.waits.stream()
            .anyMatch(wait -> wait.contains("20000 points") && wait.contains("request_timeout")),
        () -> world.control.waits.toString());
  }

  @Test
  void writersGetAsLongATimeAsALongPageTook() throws Exception {
    StubWorld world = StubWorld.grow(StubWorld.pages(1_000));
    fill(world, 5_000);
    for (int millis : List.of(1_000, 200)) {
      world.shards.hooks.clear();
      world.shards.calls.clear();
      world.shards.before(
          call -> {
            if (call.op() == Op.FETCH) {
              world.time.sleep(Duration.ofMillis(millis));
            }
          });
      long begun = world.time.nanos();
      scan(world, page -> {});
      long took = Duration.ofNanos(world.time.nanos() - begun).toMillis() / millis;
      int pages = pages(world).size();
      assertEquals(millis > 250 ? 2L * pages - 1 : pages, took);
    }
  }

  private static Scan stepwise(StubWorld world) {
    return Scan.stepwise(
        world.calls(world.move()), StubWorld.shard(AT), StubWorld.DOCS, 1, id -> true);
  }

  private static List<String> scan(StubWorld world, Meanwhile meanwhile) throws Exception {
    List<String> met = new ArrayList<>();
    int pages = 0;
    try (Scan scan =
        Scan.stepwise(
            world.calls(world.move()), StubWorld.shard(AT), StubWorld.DOCS, 1, id -> true)) {
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
