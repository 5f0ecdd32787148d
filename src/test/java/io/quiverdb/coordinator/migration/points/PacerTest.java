package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.Pacer.Act;
import io.quiverdb.coordinator.model.Shard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final Duration TARGET = Duration.ofMillis(25);

  private final Pacer pacer = new Pacer(TARGET);
  private final Shard shard = StubWorld.shard(1);

  @Test
  void settlesWhereOneRequestTakesAsLongAsItMay() {
    assertEquals(10, pacer.rows(shard, "docs", Act.DELETE), "the first one");
    answer(Act.DELETE, Duration.ofMillis(1), 20);
    assertEquals(25, pacer.rows(shard, "docs", Act.DELETE), 1);
    answer(Act.DELETE, Duration.ofMillis(5), 3);
    assertEquals(5, pacer.rows(shard, "docs", Act.DELETE), 1);
    answer(Act.DELETE, Duration.ofNanos(100_000), 20);
    assertEquals(250, pacer.rows(shard, "docs", Act.DELETE), 5);
  }

  @Test
  void neverAsksForLessThanOneRow() {
    answer(Act.UPSERT, Duration.ofSeconds(1), 5);
    assertEquals(1, pacer.rows(shard, "docs", Act.UPSERT));
  }

  @Test
  void halvesAtMostForOneLateAnswer() {
    pacer.answered(shard, "docs", Act.DELETE, 10, Duration.ofSeconds(3).toNanos());
    assertEquals(5, pacer.rows(shard, "docs", Act.DELETE));
  }

  @Test
  void aShortRequestThatWaitedForALongOneDoesNotShrinkTheRestToItsOwnSize() {
    answer(Act.UPSERT, Duration.ofNanos(1_000), 20);
    pacer.answered(shard, "docs", Act.UPSERT, 1, Duration.ofMillis(26).toNanos());
    assertEquals(500, pacer.rows(shard, "docs", Act.UPSERT));
  }

  @Test
  void learnsNothingFromARequestThatWasSmallAnyway() {
    pacer.answered(shard, "docs", Act.UPSERT, 1, 1_000);
    assertEquals(10, pacer.rows(shard, "docs", Act.UPSERT));
  }

  @Test
  void tellsShardsCollectionsAndKindsOfRequestApart() {
    answer(Act.UPSERT, Duration.ofNanos(1_000), 20);
    assertEquals(1_000, pacer.rows(shard, "docs", Act.UPSERT), "what a shard takes at most");
    assertEquals(10, pacer.rows(shard, "docs", Act.DELETE));
    assertEquals(10, pacer.rows(shard, "other", Act.UPSERT));
    assertEquals(10, pacer.rows(StubWorld.shard(2), "docs", Act.UPSERT));
  }

  @Test
  void sparesReplicas() {
    Shard replicated = new Shard(3, "http://s3", List.of("http://r3"));
    for (int i = 0; i < 20; i++) {
      int rows = pacer.rows(replicated, "docs", Act.UPSERT);
      assertTrue(rows <= 200, rows + " rows");
      pacer.answered(replicated, "docs", Act.UPSERT, rows, 1_000);
    }
    assertEquals(200, pacer.rows(replicated, "docs", Act.UPSERT));
  }

  @Test
  void doesNotComeBackToASizeThatWasRefused() {
    answer(Act.UPSERT, Duration.ofNanos(1_000), 20);
    pacer.refused(shard, "docs", Act.UPSERT, 1_000);
    answer(Act.UPSERT, Duration.ofNanos(1_000), 20);
    assertEquals(500, pacer.rows(shard, "docs", Act.UPSERT));
    pacer.refused(shard, "docs", Act.BULK, 50_000);
    assertEquals(25_000, pacer.rows(shard, "docs", Act.BULK));
  }

  @Test
  void letsABulkLoadTakeItsTimeButNotMoreThanASecond() {
    pacer.answered(shard, "docs", Act.BULK, 50_000, Duration.ofSeconds(1).toNanos());
    assertEquals(50_000, pacer.rows(shard, "docs", Act.BULK));
    pacer.answered(shard, "docs", Act.BULK, 50_000, Duration.ofSeconds(2).toNanos());
    assertEquals(25_000, pacer.rows(shard, "docs", Act.BULK));
    pacer.answered(shard, "docs", Act.BULK, 25_000, Duration.ofMillis(100).toNanos());
    assertEquals(50_000, pacer.rows(shard, "docs", Act.BULK));
  }

  @Test
  void halvesWhatIsNotAnsweredInTimeAndComesBack() {
    pacer.late(shard, "docs", Act.BULK, 8_000);
    assertEquals(4_000, pacer.rows(shard, "docs", Act.BULK));
    pacer.answered(shard, "docs", Act.BULK, 4_000, Duration.ofMillis(100).toNanos());
    assertEquals(8_000, pacer.rows(shard, "docs", Act.BULK));
    pacer.late(shard, "docs", Act.UPSERT, 2);
    assertEquals(1, pacer.rows(shard, "docs", Act.UPSERT));
  }

  private void answer(Act act, Duration perRow, int times) {
    for (int i = 0; i < times; i++) {
      int rows = pacer.rows(shard, "docs", act);
      pacer.answered(shard, "docs", act, rows, perRow.multipliedBy(rows).toNanos());
    }
  }
}
