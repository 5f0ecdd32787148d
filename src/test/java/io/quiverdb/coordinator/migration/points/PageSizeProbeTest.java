// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PageSizeProbeTest {
  private final FakeWorld world = FakeWorld.grow();
  private final List<Integer> pages = new ArrayList<>();

  private void fill(long shard, int rows, String payload) {
    for (int i = 0; i < rows; i++) {
      world.store(shard, FakeWorld.key(i), payload);
    }
  }

  private void survey() throws Exception {
    new PageSizeProbe(world.migration(), world.pageSizes).run();
    world.shards.before(
        call -> {
          if (call.op() == Op.FETCH) {
            pages.add(call.rows());
          }
        });
  }

  /** How many rows the pages of a scan have that begins now. */
  private List<Integer> scan(long shard) throws Exception {
    pages.clear();
    try (Scan scan =
        Scan.ahead(
            world.calls(world.migration()),
            FakeTasks.prompt(),
            FakeWorld.shard(shard),
            FakeWorld.DOCS,
            3,
            id -> true)) {
      while (scan.next() != null) {
        assertTrue(pages.size() < 100_000, "the scan does not end");
      }
    }
    return pages;
  }

  @Test
  void theFirstPageIsAsLargeAsTheRowsAllow() throws Exception {
    fill(0, 1_000, "1");
    survey();
    assertEquals(List.of(8_192), scan(0));
  }

  @Test
  void longRowsMakeASmallerOne() throws Exception {
    fill(0, 100, '"' + "x".repeat(60_000) + '"');
    survey();
    int first = scan(0).get(0);
    assertTrue(first * 60_000L < ShardApi.ANSWER_BYTES, first + " rows of 60 kB");
    assertTrue(first > PageSizes.FIRST_ROWS, first + " rows");
  }

  @Test
  void theFewRowsAtTheEndOfAListingDoNotMakeTheNextScanSlow() throws Exception {
    fill(0, 8_200, "1");
    survey();
    assertEquals(List.of(8_192, 10_000), scan(0));
    assertEquals(List.of(10_000), scan(0));
  }

  @Test
  void whatItCannotReadStopsNothing() throws Exception {
    fill(0, 1_000, "1");
    fill(1, 1_000, "1");
    world.shards.fail(Kind.BROKEN, call -> call.is(Op.FETCH, FakeWorld.url(0)));
    survey();
    assertEquals(List.of(8_192), scan(1));
  }

  @Test
  void whatItCannotReadOfOneListingStopsNoOther() throws Exception {
    fill(0, 1_000, "1");
    world.core(0).create(CollectionSchema.of("another", 2, Metric.L2, IndexKind.HNSW));
    world.core(0).upsert("another", world.core(0).fetch(FakeWorld.DOCS, 0, 10), false);
    world.shards.fail(
        Kind.REFUSED, call -> call.op() == Op.FETCH && call.collection().equals("another"));
    survey();
    assertEquals(List.of(8_192), scan(0));
  }

  @Test
  void anotherMigrationFindsOutItself() throws Exception {
    fill(0, 1_000, "1");
    survey();
    boolean[] broken = {true};
    world.shards.fail(Kind.BROKEN, call -> call.op() == Op.FETCH && broken[0]);
    new PageSizeProbe(world.migration(), world.pageSizes).run();
    broken[0] = false;
    assertEquals(PageSizes.FIRST_ROWS, scan(0).get(0));
  }

  @DisplayName(
      "few rows do not make the next page smaller than the first one of an unknown listing")
  @Test
  void fewRowsDoNotMakeTheNextPageSmallerThanAFirstOne() throws Exception {
    fill(0, 3, "1");
    survey();
    assertEquals(List.of(PageSizes.FIRST_ROWS), scan(0));
  }

  @Test
  void changesNothingAndAsksForEachListingOnce() throws Exception {
    fill(0, 1_000, "1");
    List<Op> ops = new ArrayList<>();
    world.shards.before(call -> ops.add(call.op()));
    survey();
    assertEquals(
        List.of(
            Op.COLLECTIONS,
            Op.LIMIT,
            Op.FETCH,
            Op.COLLECTIONS,
            Op.LIMIT,
            Op.COLLECTIONS,
            Op.LIMIT,
            Op.COLLECTIONS,
            Op.LIMIT),
        ops);
  }

  @Test
  void oneThatWouldTakeLongIsLeftAlone() throws Exception {
    fill(0, 10, "1");
    world.shards.countedMore = 1_000_000;
    survey();
    assertEquals(1, world.shards.count(Op.COLLECTIONS, FakeWorld.url(0)));
    assertEquals(0, world.shards.count(Op.LIMIT, FakeWorld.url(0)));
    assertEquals(0, world.shards.count(Op.FETCH, FakeWorld.url(0)));
  }

  @Test
  void aListingThatNobodyHasSeenIsLikeThoseOfTheOtherShards() throws Exception {
    fill(0, 1_000, "1");
    survey();
    assertEquals(8_192, scan(FakeWorld.JOINING).get(0));
    fill(1, 1_000, '"' + "x".repeat(8_000) + '"');
    survey();
    assertTrue(scan(FakeWorld.JOINING).get(0) < 1_000, () -> "the longest rows count: " + pages);
  }

  @Test
  void aCopyBeginsWithFewRowsWhereTheyAreWrittenMoreSlowlyThanRead() throws Exception {
    assertEquals(List.of(PageSizes.FIRST_ROWS, 2_048, 8_192), copiedPages(IndexKind.HNSW));
    assertEquals(List.of(8_192), copiedPages(IndexKind.IVF));
  }

  private static List<Integer> copiedPages(IndexKind kind) throws Exception {
    FakeWorld world = FakeWorld.grow(kind, Limits.DEFAULT);
    world.seed(12_000);
    MigrationContext context = world.migration();
    new PageSizeProbe(context, world.pageSizes).run();
    world.shards.calls.clear();
    new Copy(context, world.calls(context)).run(world.collections());
    return world.shards.calls.stream()
        .filter(call -> call.is(Op.FETCH, FakeWorld.url(0)))
        .map(FakeShards.Call::rows)
        .toList();
  }
}
