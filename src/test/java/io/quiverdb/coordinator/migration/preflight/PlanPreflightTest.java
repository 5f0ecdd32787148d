// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.model.PlanStep;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dry run of a whole plan. */
class PlanPreflightTest {
  private static final PlanStep GROW = PlanStep.grow(FakeCluster.N, List.of());

  private final FakeCluster cluster = new FakeCluster();

  private List<PreflightReport> examine(PlanStep... steps) throws InterruptedException {
    return new PlanPreflight(
            cluster.settings(),
            cluster.shards,
            cluster.ports().routers(),
            cluster.world,
            cluster.world)
        .examine(cluster.state(), List.of(steps), 0);
  }

  private static long points(PreflightReport report) {
    return report.transfers().listed().stream().mapToLong(PlannedTransfer::points).sum();
  }

  @Test
  void eachStepBeginsWithWhatTheOneBeforeLeaves() throws InterruptedException {
    List<PreflightReport> reports = examine(GROW, PlanStep.drain(2));
    // Three shards have 100 points each, then four have 75.
    assertEquals(75, points(reports.get(0)));
    assertEquals(75, points(reports.get(1)));
    assertTrue(reports.get(1).transfers().listed().stream().allMatch(move -> move.from() == 2));
    assertEquals(
        List.of(3L, 0L, 1L),
        reports.get(1).transfers().listed().stream().map(PlannedTransfer::to).toList());
    assertTrue(reports.stream().allMatch(PreflightReport::accepted), reports::toString);
    assertTrue(reports.stream().allMatch(report -> report.estimatedSeconds().isPresent()));
  }

  @Test
  void noStepDrainsAShardThatAnEarlierOneAdds() throws InterruptedException {
    List<PreflightReport> reports = examine(GROW, PlanStep.drain(3));
    assertTrue(reports.get(0).accepted());
    assertFalse(reports.get(1).accepted());
  }

  @Test
  void aLaterTargetThatIsNotEmptyIsFoundBeforeAnythingMoves() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 7);
    List<PreflightReport> reports = examine(PlanStep.drain(2), GROW);
    assertTrue(reports.get(0).accepted(), reports::toString);
    assertFalse(reports.get(1).accepted());
    assertEquals("target_empty", reports.get(1).firstFailed().orElseThrow().name());
  }

  @Test
  void endsAtTheStepThatTheMapRefuses() throws InterruptedException {
    List<PreflightReport> reports = examine(GROW, GROW, PlanStep.drain(2));
    assertEquals(2, reports.size());
    assertEquals("url", reports.get(1).firstFailed().orElseThrow().name());
  }

  @Test
  void ofThousandsOfMovesOnlySomeAreListed() throws InterruptedException {
    for (int shard = 0; shard < 3; shard++) {
      for (int i = 0; i < 1_000; i++) {
        cluster.shards.at(FakeCluster.url(shard)).has("c" + i, 100);
      }
    }
    List<PreflightReport> reports = examine(GROW, PlanStep.drain(2), PlanStep.drain(1));
    // 3 donors, then 1 donor and 3 targets, then 2 targets; of 1,000 collections and docs.
    assertEquals(
        List.of(3_003, 1_093, 0),
        reports.stream().map(report -> report.transfers().listed().size()).toList());
    assertEquals(
        List.of(0, 1_910, 2_002),
        reports.stream().map(report -> report.transfers().leftOut()).toList());
    assertEquals(75_075, reports.get(1).transfers().points());
    assertEquals(100_100, reports.get(2).transfers().points());
  }

  @Test
  void tooManyCollectionsAreNotEstimated() throws InterruptedException {
    for (int shard = 0; shard < 3; shard++) {
      for (int i = 0; i < 6_667; i++) {
        cluster.shards.at(FakeCluster.url(shard)).has("c" + i, 100);
      }
    }
    for (PreflightReport report : examine(GROW, PlanStep.drain(2))) {
      assertTrue(report.accepted(), report::toString);
      assertEquals(PlannedTransfers.NONE, report.transfers());
      assertTrue(report.estimatedSeconds().isEmpty());
      assertEquals(TransferEstimate.LEFT_OUT, report.checks().get(report.checks().size() - 1));
    }
  }

  @Test
  void stopsAfterTooLongATime() {
    cluster.shards.at(FakeCluster.N).delay = Duration.ofSeconds(9);
    IllegalStateException overdue =
        assertThrows(
            IllegalStateException.class, () -> examine(GROW, PlanStep.drain(2), PlanStep.drain(1)));
    assertTrue(
        overdue.getMessage().startsWith("after 20 s only 1 of 3 steps were checked"),
        overdue::getMessage);
  }

  @Test
  void changesNothing() throws InterruptedException {
    examine(GROW, PlanStep.drain(2));
    assertEquals(List.of(), cluster.shards.changes);
  }
}
