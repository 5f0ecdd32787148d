// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.Pacer.WriteKind;
import io.quiverdb.coordinator.model.Shard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final Duration TARGET = Duration.ofMillis(25);

  private final Pacer pacer = new Pacer(TARGET);
  private final Shard shard = FakeWorld.shard(1);

  @Test
  void settlesWhereOneRequestTakesAsLongAsItMay() {
    assertEquals(10, pacer.rows(shard, "docs", WriteKind.DELETE), "the first one");
    answer(WriteKind.DELETE, Duration.ofMillis(1), 20);
    assertEquals(25, pacer.rows(shard, "docs", WriteKind.DELETE), 1);
    answer(WriteKind.DELETE, Duration.ofMillis(5), 3);
    assertEquals(5, pacer.rows(shard, "docs", WriteKind.DELETE), 1);
    answer(WriteKind.DELETE, Duration.ofNanos(100_000), 20);
    assertEquals(250, pacer.rows(shard, "docs", WriteKind.DELETE), 5);
  }

  @Test
  void neverAsksForLessThanOneRow() {
    answer(WriteKind.UPSERT, Duration.ofSeconds(1), 5);
    assertEquals(1, pacer.rows(shard, "docs", WriteKind.UPSERT));
  }

  @Test
  void halvesAtMostForOneLateAnswer() {
    pacer.answered(shard, "docs", WriteKind.DELETE, 10, Duration.ofSeconds(3).toNanos());
    assertEquals(5, pacer.rows(shard, "docs", WriteKind.DELETE));
  }

  @DisplayName(
      "a short request that waited for a long one does not shrink the rest to its own size")
  @Test
  void aShortRequestThatWaitedDoesNotShrinkTheRest() {
    answer(WriteKind.UPSERT, Duration.ofNanos(1_000), 20);
    pacer.answered(shard, "docs", WriteKind.UPSERT, 1, Duration.ofMillis(26).toNanos());
    assertEquals(500, pacer.rows(shard, "docs", WriteKind.UPSERT));
  }

  @Test
  void learnsNothingFromARequestThatWasSmallAnyway() {
    pacer.answered(shard, "docs", WriteKind.UPSERT, 1, 1_000);
    assertEquals(10, pacer.rows(shard, "docs", WriteKind.UPSERT));
  }

  @Test
  void tellsShardsCollectionsAndKindsOfRequestApart() {
    answer(WriteKind.UPSERT, Duration.ofNanos(1_000), 20);
    assertEquals(1_000, pacer.rows(shard, "docs", WriteKind.UPSERT), "what a shard takes at most");
    assertEquals(10, pacer.rows(shard, "docs", WriteKind.DELETE));
    assertEquals(10, pacer.rows(shard, "other", WriteKind.UPSERT));
    assertEquals(10, pacer.rows(FakeWorld.shard(2), "docs", WriteKind.UPSERT));
  }

  @Test
  void sparesReplicas() {
    Shard replicated = new Shard(3, "http://s3", List.of("http://r3"));
    for (int i = 0; i < 20; i++) {
      int rows = pacer.rows(replicated, "docs", WriteKind.UPSERT);
      assertTrue(rows <= 200, rows + " rows");
      pacer.answered(replicated, "docs", WriteKind.UPSERT, rows, 1_000);
    }
    assertEquals(200, pacer.rows(replicated, "docs", WriteKind.UPSERT));
  }

  @Test
  void doesNotComeBackToASizeThatWasRefused() {
    answer(WriteKind.UPSERT, Duration.ofNanos(1_000), 20);
    pacer.refused(shard, "docs", WriteKind.UPSERT, 1_000);
    answer(WriteKind.UPSERT, Duration.ofNanos(1_000), 20);
    assertEquals(500, pacer.rows(shard, "docs", WriteKind.UPSERT));
    pacer.refused(shard, "docs", WriteKind.BULK, 50_000);
    assertEquals(25_000, pacer.rows(shard, "docs", WriteKind.BULK));
  }

  @Test
  void letsABulkLoadTakeItsTimeButNotMoreThanASecond() {
    pacer.answered(shard, "docs", WriteKind.BULK, 50_000, Duration.ofSeconds(1).toNanos());
    assertEquals(50_000, pacer.rows(shard, "docs", WriteKind.BULK));
    pacer.answered(shard, "docs", WriteKind.BULK, 50_000, Duration.ofSeconds(2).toNanos());
    assertEquals(25_000, pacer.rows(shard, "docs", WriteKind.BULK));
    pacer.answered(shard, "docs", WriteKind.BULK, 25_000, Duration.ofMillis(100).toNanos());
    assertEquals(50_000, pacer.rows(shard, "docs", WriteKind.BULK));
  }

  @Test
  void halvesWhatIsNotAnsweredInTimeAndComesBack() {
    pacer.late(shard, "docs", WriteKind.BULK, 8_000);
    assertEquals(4_000, pacer.rows(shard, "docs", WriteKind.BULK));
    pacer.answered(shard, "docs", WriteKind.BULK, 4_000, Duration.ofMillis(100).toNanos());
    assertEquals(8_000, pacer.rows(shard, "docs", WriteKind.BULK));
    pacer.late(shard, "docs", WriteKind.UPSERT, 2);
    assertEquals(1, pacer.rows(shard, "docs", WriteKind.UPSERT));
  }

  private void answer(WriteKind kind, Duration perRow, int times) {
    for (int i = 0; i < times; i++) {
      int rows = pacer.rows(shard, "docs", kind);
      pacer.answered(shard, "docs", kind, rows, perRow.multipliedBy(rows).toNanos());
    }
  }
}
