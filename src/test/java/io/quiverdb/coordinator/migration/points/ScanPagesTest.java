// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How large the pages of a scan are: for the shard, for its clients, and for memory. */
class ScanPagesTest {
  private static final long AT = 0;

  @Test
  void startsSmallAndThenTakesPagesAsLargeAsTheShardAllows() throws Exception {
    FakeWorld world = FakeWorld.grow();
    ScanTest.fill(world, 20_000);
    ScanTest.scan(world, page -> {});
    assertEquals(512, ScanTest.pages(world).get(0));
    assertEquals(4, ScanTest.pages(world).size());
    assertTrue(
        ScanTest.pages(world).subList(1, 4).stream()
            .allMatch(rows -> rows > 8_000 && rows <= 10_000),
        () -> ScanTest.pages(world).toString());
  }

  @Test
  void keepsAPageUnderItsShareOfMemory() throws Exception {
    FakeWorld world = FakeWorld.grow();
    String payload = '"' + "x".repeat(60_000) + '"';
    for (int i = 0; i < 1_000; i++) {
      world.store(AT, FakeWorld.key(i), payload);
    }
    List<Row> rows = new ArrayList<>();
    try (Scan scan =
        Scan.ahead(
            world.calls(world.migration()),
            FakeTasks.prompt(),
            FakeWorld.shard(AT),
            FakeWorld.DOCS,
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
  void aRefusedPageIsHalved() throws Exception {
    FakeWorld world = FakeWorld.grow();
    ScanTest.fill(world, 300);
    world.shards.fail(Kind.REFUSED, call -> call.op() == Op.FETCH && call.rows() > 20);
    assertEquals(ScanTest.keys(0, 300), ScanTest.scan(world, page -> {}));
  }

  /** Pages that were sized by short rows would be a hundred times as long. */
  @Test
  void longRowsAfterManyShortOnesComeInShorterPages() throws Exception {
    FakeWorld world = FakeWorld.grow();
    ScanTest.fill(world, 2_000);
    String payload = "\"" + "x".repeat(50_000) + "\"";
    for (int i = 0; i < 300; i++) {
      world.store(AT, "z%03d".formatted(i), payload);
    }
    assertEquals(2_300, ScanTest.scan(world, page -> {}).size());
    assertTrue(world.shards.largestPage > 1 << 20, "a page has many long rows");
    assertTrue(world.shards.largestPage <= 4 << 20, () -> world.shards.largestPage + " bytes");
  }

  /** A page costs a large shard about the same, so that smaller ones would hold it more often. */
  @Test
  void aGentlePageOfALargeListingHasATwelfthOfItsRows() throws Exception {
    FakeWorld world = FakeWorld.grow();
    String payload = '"' + "x".repeat(1_000) + '"';
    for (int i = 0; i < 40_000; i++) {
      world.store(AT, FakeWorld.key(i), payload);
    }
    assertEquals(40_000, ScanTest.scan(world, page -> {}).size());
    int alone = ScanTest.pages(world).stream().mapToInt(rows -> rows).max().orElseThrow();
    assertTrue(alone < 2_500, alone + " rows of 1 KB are 2 MiB");
    world.shards.calls.clear();
    try (Scan scan = stepwise(world).of(40_000)) {
      while (scan.next() != null) {}
    }
    assertEquals(
        40_000 / 12, ScanTest.pages(world).stream().mapToInt(rows -> rows).max().orElseThrow());
  }

  @Test
  void aPageThatIsLateForTheNumberOfPointsIsNotAskedForInHalves() throws Exception {
    FakeWorld world = FakeWorld.grow();
    ScanTest.fill(world, 20_000);
    int[] late = {0};
    world.shards.fail(Kind.TIMED_OUT, call -> call.op() == Op.FETCH && ++late[0] <= 3);
    try (Scan scan = stepwise(world).of(20_000)) {
      while (scan.next() != null) {}
    }
    assertEquals(List.of(512, 512, 512, 512), ScanTest.pages(world).subList(0, 4));
    assertTrue(
        world.control.waits.stream()
            .anyMatch(wait -> wait.contains("20000 points") && wait.contains("request_timeout")),
        () -> world.control.waits.toString());
  }

  @Test
  void writersGetAsLongATimeAsALongPageTook() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(1_000));
    ScanTest.fill(world, 5_000);
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
      ScanTest.scan(world, page -> {});
      long took = Duration.ofNanos(world.time.nanos() - begun).toMillis() / millis;
      int pages = ScanTest.pages(world).size();
      assertEquals(millis > 250 ? 2L * pages - 1 : pages, took);
    }
  }

  private static Scan stepwise(FakeWorld world) {
    return Scan.stepwise(
        world.calls(world.migration()), FakeWorld.shard(AT), FakeWorld.DOCS, 1, id -> true);
  }
}
