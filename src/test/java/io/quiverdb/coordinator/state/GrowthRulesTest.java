// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.GrowthCommand.BeginGrowth;
import io.quiverdb.coordinator.command.GrowthCommand.PutGrowthPolicy;
import io.quiverdb.coordinator.command.PlanCommand.CancelPlan;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.command.PlanCommand.PausePlan;
import io.quiverdb.coordinator.command.PlanCommand.StopPlan;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Standby;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the growth policy, entry by entry. */
class GrowthRulesTest {
  private static final String N1 = "http://n1:6333";
  private static final String N2 = "http://n2:6333";
  private static final long COOLDOWN = 300_000;

  private final Walk walk = new Walk();

  @BeforeEach
  void raise() {
    walk.accepted(new Command.RaiseFormat(2, walk.term));
  }

  private static GrowthPolicy policy(GrowthMode mode, int maxShards, String... urls) {
    return new GrowthPolicy(
        mode,
        1_000,
        Stream.of(urls).map(url -> Standby.of(url, List.of())).toList(),
        COOLDOWN,
        maxShards,
        30_000);
  }

  private static Command put(GrowthPolicy policy) {
    return new PutGrowthPolicy(policy, OptionalLong.empty());
  }

  private void automatic(String... urls) {
    walk.accepted(put(policy(GrowthMode.AUTOMATIC, 0, urls)));
  }

  private Growth growth() {
    return walk.state.growth();
  }

  private List<Standby> pool() {
    return growth().policy().orElseThrow().standby();
  }

  private BeginGrowth begin(String url) {
    return new BeginGrowth(
        growth().version(), walk.state.map().version(), Walk.grow(url), 500, 2, 1_200, walk.term);
  }

  private void revert() {
    walk.accepted(walk.cancel());
    walk.accepted(new Command.RevertDone(walk.migration().id(), walk.term));
  }

  private void obstacle(String detail) {
    Rejected refused = walk.rejected(begin(N1));
    assertEquals(Refusal.GROWTH_OBSTACLE, refused.refusal(), refused.detail());
    assertTrue(refused.detail().contains(detail), refused.detail());
  }

  @Test
  void needsFormat2() {
    assertEquals(Refusal.FORMAT_MISMATCH, new Walk().refusal(put(policy(GrowthMode.ADVICE, 0))));
  }

  @Test
  void aStandbyLeavesThePoolInTheEntryThatBeginsItsMigration() {
    automatic(N1, N2);
    BeginGrowth begin = begin(N1);
    walk.accepted(begin);
    assertEquals(List.of(Standby.of(N2, List.of())), pool());
    assertEquals(MigrationOrigin.AUTOSCALE, walk.migration().origin());
    assertEquals(500, walk.migration().throttlePointsPerSecond());
    assertEquals(N1, walk.migration().plan().url());
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin), "the same entry, once more");
    walk.to(Phase.DONE);
    assertEquals(List.of(Standby.of(N2, List.of())), pool());
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin), "and when it has ended");
  }

  @Test
  void onlyTheNextStandbyMayBegin() {
    automatic(N1, N2);
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin(N2)));
  }

  @Test
  void aPolicyThatChangedMeanwhileIsNotFollowed() {
    automatic(N1);
    BeginGrowth begin = begin(N1);
    automatic(N1);
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin));
  }

  @Test
  void aMapThatChangedMeanwhileWasNotChecked() {
    automatic(N1);
    BeginGrowth begin = begin(N1);
    walk.accepted(new Command.AddReplica(0, "http://r:1"));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin));
  }

  @Test
  void adviceBeginsNothing() {
    walk.accepted(put(policy(GrowthMode.ADVICE, 0, N1)));
    obstacle("mode advice");
    walk.accepted(put(policy(GrowthMode.OFF, 0, N1)));
    obstacle("mode off");
  }

  @Test
  void nothingBeginsBesideAMigration() {
    automatic(N1);
    walk.start(MigrationKind.GROW);
    obstacle("migration 1 is active");
  }

  @Test
  void nothingBeginsBesideAPlan() {
    automatic(N1);
    walk.accepted(new CreatePlan(List.of(PlanStep.drain(1)), 0));
    walk.accepted(new PausePlan(1));
    obstacle("plan 1 is paused");
    walk.accepted(new CancelPlan(1));
    walk.accepted(begin(N1));
  }

  @Test
  void nothingBeginsAfterAPlanThatStopped() {
    automatic(N1);
    walk.accepted(new CreatePlan(List.of(PlanStep.drain(1)), 0));
    walk.accepted(new StopPlan(1, 0, "why", walk.term));
    obstacle("plan 1 stopped");
  }

  @Test
  void nothingBeginsBesideACheck() {
    automatic(N1);
    walk.accepted(new StartCheck(CheckKind.VERIFY, 0));
    obstacle("check 1 is running");
  }

  @Test
  void nothingBeginsWhileAShardLeavesByHand() {
    automatic(N1);
    walk.accepted(Walk.leaving(walk.state, 1));
    obstacle("shard 1 joins or leaves");
  }

  @Test
  void anEmptyPoolBeginsNothing() {
    automatic();
    obstacle("no standby is left");
  }

  @Test
  void noMoreShardsThanThePolicyAllows() {
    walk.accepted(put(policy(GrowthMode.AUTOMATIC, 3, N1)));
    obstacle("3 shards");
    walk.accepted(put(policy(GrowthMode.AUTOMATIC, 4, N1)));
    walk.accepted(begin(N1));
  }

  @Test
  void theCooldownBeginsWhenTheMigrationHasEnded() {
    automatic(N2, N1);
    walk.accepted(begin(N2));
    walk.now += 10 * COOLDOWN;
    walk.to(Phase.DONE);
    obstacle("the cooldown goes on for 299 s");
    walk.now += COOLDOWN - 3_000;
    obstacle("the cooldown goes on for 1 s");
    walk.accepted(begin(N1));
  }

  @Test
  void aPolicyThatIsPutAnewDoesNotEndTheCooldown() {
    automatic(N2);
    walk.accepted(begin(N2));
    walk.to(Phase.DONE);
    automatic(N1);
    obstacle("the cooldown");
  }

  @Test
  void aMigrationOfAnOperatorHasNoCooldown() {
    automatic(N1);
    walk.start(MigrationKind.GROW);
    walk.to(Phase.DONE);
    assertEquals(MigrationOrigin.OPERATOR, walk.ended(1).origin());
    walk.accepted(begin(N1));
  }

  @Test
  void aStandbyWhoseMigrationWasRevertedIsNotTriedAgain() {
    automatic(N1, N2);
    walk.accepted(begin(N1));
    walk.to(Phase.COPYING);
    revert();
    assertEquals(Optional.of(Standby.of(N2, List.of())), growth().next());
    Standby failed = pool().get(1);
    assertEquals(N1, failed.url());
    assertTrue(failed.failure().orElse("").startsWith("migration 1 ended reverted"));
    walk.now += 2 * COOLDOWN;
    Rejected refused = walk.rejected(begin(N2));
    assertTrue(refused.detail().contains("migration 1 ended reverted"), refused.detail());

    automatic(N1, N2);
    walk.accepted(begin(N1));
  }

  @Test
  void nothingBeginsAfterAMigrationOfAnOperatorThatWasReverted() {
    automatic(N1);
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    revert();
    obstacle("migration 1 ended reverted");
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.DONE);
    walk.accepted(begin(N1));
  }

  @Test
  void aStandbyWithTooMuchOnItIsKeptAsOneThatFailed() {
    automatic(N1);
    BeginGrowth begin = begin(N1);
    String tooLong = "x".repeat(MigrationPlan.MAX_NAME + 1);
    walk.accepted(
        new BeginGrowth(
            begin.policyVersion(),
            begin.mapVersion(),
            new MigrationPlan(MigrationKind.GROW, 0, N1, List.of(), false, List.of(tooLong)),
            500,
            2,
            1_200,
            walk.term));
    assertTrue(walk.state.migrations().active().isEmpty());
    assertTrue(pool().get(0).failure().orElse("").contains("over 1024 characters"));
    obstacle("no standby is left");
  }

  @Test
  void aShardOfTheMapIsNoStandby() {
    automatic(N1, N2);
    walk.accepted(begin(N1));
    walk.to(Phase.COPYING);
    revert();
    long version = growth().version();
    walk.accepted(new Command.AddReplica(0, "http://N1:6333/"));
    assertEquals(List.of(Standby.of(N2, List.of())), pool(), "though it failed before");
    assertEquals(version + 1, growth().version());
    walk.accepted(new Command.AddShard(N2, List.of()));
    assertEquals(List.of(), pool());
    walk.accepted(put(new GrowthPolicy(GrowthMode.OFF, 1_000, pool(), COOLDOWN, 0, 30_000)));
  }

  @Test
  void aStandbyThatIsPutBackWhileItIsBeingAddedIsTakenAgain() {
    automatic(N1, N2);
    walk.accepted(begin(N1));
    automatic(N1, N2);
    walk.to(Phase.DONE);
    walk.now += 2 * COOLDOWN;
    assertEquals(List.of(Standby.of(N2, List.of())), pool());
    walk.accepted(begin(N2));
  }

  @Test
  void aStandbyThatFailedDisplacesNoneThatMayBeAdded() {
    String[] others =
        IntStream.range(0, GrowthPolicy.MAX_STANDBY)
            .mapToObj(i -> "http://o" + i + ":6333")
            .toArray(String[]::new);
    automatic(N1);
    walk.accepted(begin(N1));
    automatic(others);
    walk.to(Phase.COPYING);
    revert();
    assertEquals(List.of(others), pool().stream().map(Standby::url).toList());
  }

  @Test
  void aPolicyIsPutWithoutKnowingHowTheActiveMigrationEnds() {
    walk.start(MigrationKind.DRAIN);
    automatic(N1);
    walk.to(Phase.COPYING);
    revert();
    obstacle("migration 1 ended reverted");
  }

  @Test
  void aPolicyIsPutForTheVersionThatItsAuthorSaw() {
    GrowthPolicy policy = policy(GrowthMode.AUTOMATIC, 0, N1, N2);
    walk.accepted(new PutGrowthPolicy(policy, OptionalLong.of(0)));
    walk.accepted(begin(N1));
    assertEquals(
        Refusal.VERSION_MISMATCH,
        walk.refusal(new PutGrowthPolicy(policy, OptionalLong.of(1))),
        "it would bring back the standby that is being added");
  }

  @Test
  void aPoolHasNoUrlTwiceAndNoneOfTheMap() {
    assertEquals(
        Refusal.DUPLICATE_URL,
        walk.refusal(put(policy(GrowthMode.ADVICE, 0, N1, "http://N1:6333/"))));
    assertEquals(
        Refusal.DUPLICATE_URL, walk.refusal(put(policy(GrowthMode.ADVICE, 0, "http://s0:6333"))));
    assertEquals(Refusal.INVALID_URL, walk.refusal(put(policy(GrowthMode.ADVICE, 0, "ftp://n1"))));
  }

  @Test
  void aPolicyHasBounds() {
    for (GrowthPolicy wrong :
        List.of(
            new GrowthPolicy(GrowthMode.ADVICE, 0, List.of(), 0, 0, 1_000),
            new GrowthPolicy(GrowthMode.ADVICE, 1, List.of(), -1, 0, 1_000),
            new GrowthPolicy(
                GrowthMode.ADVICE, 1, List.of(), GrowthPolicy.MAX_COOLDOWN_MILLIS + 1, 0, 1_000),
            new GrowthPolicy(GrowthMode.ADVICE, 1, List.of(), 0, -1, 1_000),
            new GrowthPolicy(GrowthMode.ADVICE, 1, List.of(), 0, 4_097, 1_000),
            new GrowthPolicy(GrowthMode.ADVICE, 1, List.of(), 0, 0, 999),
            new GrowthPolicy(GrowthMode.ADVICE, 1, List.of(), 0, 0, 3_600_001))) {
      assertEquals(Refusal.LIMIT_REACHED, walk.refusal(put(wrong)), wrong.toString());
    }
  }
}
