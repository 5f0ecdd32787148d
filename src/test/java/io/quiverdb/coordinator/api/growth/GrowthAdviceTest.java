// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.growth.GrowthAdvice.Verdict;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthObstacle.Kind;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Standby;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is advised by what the leader sees. */
class GrowthAdviceTest {
  private static final Duration NEW = Duration.ofSeconds(1);
  private static final int SEEN = GrowthAdvice.LOOKS;

  private GrowthMode mode = GrowthMode.AUTOMATIC;
  private GrowthMode permitted = GrowthMode.AUTOMATIC;
  private Map<Long, Long> points = Map.of(0L, 1_001L, 1L, 10L);
  private List<String> alarms = List.of();
  private List<String> routers = List.of();
  private Duration age = NEW;
  private int looks = SEEN;
  private List<Long> joining = List.of();
  private Checks checks = Checks.EMPTY;
  private List<Standby> pool = List.of(Standby.of("http://n1:6333", List.of()));

  private ClusterState state() {
    return ClusterState.INITIAL
        .withMap(
            new ShardMap(
                5,
                Stream.of(0L, 1L)
                    .map(id -> new Shard(id, "http://s" + id + ":6333", List.of()))
                    .toList(),
                joining,
                List.of()))
        .withChecks(checks)
        .withGrowth(Growth.EMPTY.put(new GrowthPolicy(mode, 1_000, pool, 300_000, 0, 30_000), 1));
  }

  private GrowthAdvice advice() {
    return GrowthAdvice.of(
        state(), new Surroundings(points, alarms, routers), age, 1_000, permitted, looks);
  }

  private void against(Verdict verdict, Kind... kinds) {
    GrowthAdvice advice = advice();
    assertEquals(verdict, advice.verdict());
    assertEquals(
        List.of(kinds), advice.obstacles().stream().map(one -> one.kind()).distinct().toList());
    assertFalse(advice.begins());
  }

  @Test
  void beginsWhereNothingSpeaksAgainstIt() {
    assertTrue(advice().begins());
    assertTrue(advice().counts());
    assertEquals("shard 0 has more than 1000 points: add a shard", advice().summary());
    assertEquals(0, advice().fullest().id());
  }

  @Test
  void asManyPointsAsTheMarkAreNotTooMany() {
    points = Map.of(0L, 1_000L, 1L, 1_000L);
    against(Verdict.ENOUGH);
    assertFalse(advice().counts());
  }

  @Test
  void aShardThatDoesNotAnswerIsUnknownNotEmpty() {
    points = Map.of(0L, 1_001L);
    against(Verdict.UNKNOWN, Kind.UNKNOWN_POINTS);
    assertFalse(advice().counts());
  }

  @Test
  void theShardsThatAnswerDoNotSpeakForTheOneThatDoesNot() {
    points = Map.of(1L, 10L);
    against(Verdict.UNKNOWN, Kind.UNKNOWN_POINTS);
  }

  @Test
  void aShardThatJoinsHoldsCopies() {
    joining = List.of(0L);
    against(Verdict.ENOUGH, Kind.MEMBERSHIP);
  }

  @Test
  void aSweepKeepsTheMapUntilItHasEnded() {
    DataCheck check =
        DataCheck.begun(1, CheckKind.VERIFY, 5, 0, 0)
            .ended(CheckState.DONE, "", 0)
            .swept(Sweep.begun(0, 0, false, 0).stopping("ops"));
    checks = Checks.EMPTY.started(check);
    against(Verdict.WAIT, Kind.SWEEP);
    assertEquals("the sweep of check 1 is stopping", advice().obstacles().get(0).detail());
    checks =
        checks.changed(
            check.swept(Sweep.begun(0, 0, false, 0).ended(SweepState.DONE, "", false, 0)));
    assertTrue(advice().begins());
  }

  @Test
  void oldNumbersSayNothing() {
    age = GrowthAdvice.MAX_AGE.plusMillis(1);
    against(Verdict.UNKNOWN, Kind.OLD_POINTS);
    age = GrowthAdvice.MAX_AGE;
    assertTrue(advice().begins());
  }

  @Test
  void neverInAMomentWithAnAlarm() {
    alarms = List.of("the alarm left_dirty is raised: empty it");
    against(Verdict.WAIT, Kind.ALARM);
    assertFalse(advice().counts());
  }

  @Test
  void allRoutersMustFollow() {
    routers = List.of("http://r1:6330");
    against(Verdict.WAIT, Kind.ROUTER);
    assertFalse(advice().counts());
  }

  @Test
  void oneLookIsNotEnough() {
    looks = SEEN - 1;
    against(Verdict.WAIT, Kind.LOOKS);
    assertTrue(advice().counts());
  }

  @Test
  void theConfigurationMustAllowIt() {
    permitted = GrowthMode.ADVICE;
    against(Verdict.GROW, Kind.PERMISSION);
    permitted = GrowthMode.OFF;
    against(Verdict.OFF, Kind.PERMISSION);
  }

  @Test
  void thePolicyMustWantIt() {
    mode = GrowthMode.ADVICE;
    against(Verdict.GROW, Kind.MODE);
    mode = GrowthMode.OFF;
    against(Verdict.OFF, Kind.MODE);
  }

  @Test
  void anEmptyPoolIsNoReasonToSayNothing() {
    pool = List.of();
    against(Verdict.GROW, Kind.NO_STANDBY);
    assertTrue(advice().counts());
  }

  @Test
  void withoutAPolicyNobodyLooks() {
    GrowthAdvice advice =
        GrowthAdvice.of(
            ClusterState.INITIAL, new Surroundings(points, alarms, routers), NEW, 1, permitted, 0);
    assertEquals(Verdict.OFF, advice.verdict());
    assertFalse(advice.begins());
  }
}
