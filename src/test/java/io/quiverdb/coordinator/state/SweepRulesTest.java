// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand.BeginSweep;
import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.CheckCommand.RecordSweep;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a sweep begins and ends, and what the map may not do meanwhile. */
class SweepRulesTest {
  private static final Command VERIFY = new StartCheck(CheckKind.VERIFY, 0);
  private static final Command SWEEP = new StartSweep(1, 10, 0, false);

  private final Walk walk = new Walk();

  @BeforeEach
  void raise() {
    walk.accepted(new Command.RaiseFormat(2, walk.term));
  }

  private void verified(long id, StrayCounts strays) {
    walk.accepted(VERIFY);
    walk.accepted(
        new RecordCheck(
            id,
            Optional.empty(),
            "docs",
            CheckReport.of(
                new CheckedShard("docs", 0, 100 + strays.total(), 100, strays, List.of())),
            walk.term));
    walk.accepted(new FinishCheck(id, CheckState.DONE, "", walk.term));
  }

  private void sweeping() {
    verified(1, new StrayCounts(3, 2, 1));
    walk.accepted(SWEEP);
  }

  private Sweep sweep() {
    return walk.state.checks().find(1).orElseThrow().sweep().orElseThrow();
  }

  private RecordSweep record(long after, String upTo, SweptShard... rows) {
    return new RecordSweep(
        1,
        after,
        upTo.isEmpty() ? Optional.empty() : Optional.of(upTo),
        List.of(rows),
        Optional.empty(),
        walk.term);
  }

  private static SweptShard row(String collection, long same) {
    return new SweptShard(collection, 0, new StrayCounts(same, 0, 0));
  }

  private FinishSweep finish(CheckState end, String reason) {
    return new FinishSweep(1, end, reason, walk.term);
  }

  private static MigrationPlan drain() {
    return new MigrationPlan(MigrationKind.DRAIN, 1, "", List.of(), false, List.of());
  }

  @Test
  void onlyADoneCheckOfTheMapAsItIsCanBeSwept() {
    assertEquals(Refusal.UNKNOWN_CHECK, walk.refusal(SWEEP));
    walk.accepted(VERIFY);
    assertEquals(Refusal.CHECK_ACTIVE, walk.refusal(SWEEP));
    walk.accepted(new FinishCheck(1, CheckState.FAILED, "no", walk.term));
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(SWEEP));
    verified(2, new StrayCounts(1, 0, 0));
    walk.accepted(new Command.AddReplica(0, "http://s0r:1"));
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(new StartSweep(2, 10, 0, false)));
  }

  @Test
  void aCleanCheckNeedsNoSweep() {
    verified(1, StrayCounts.NONE);
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(SWEEP));
  }

  @Test
  void moreOnlyCopiesThanTheLimitAreForTheOperatorToDecide() {
    verified(1, new StrayCounts(0, 50, 11));
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(SWEEP));
    walk.accepted(new StartSweep(1, 11, 0, false));
  }

  @Test
  void withoutARouterNobodyCanSayWhichMapIsUsed() {
    verified(1, new StrayCounts(1, 0, 0));
    walk.accepted(new Command.RemoveRouter(walk.state.routers().get(0), false));
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(SWEEP));
    walk.accepted(new StartSweep(1, 10, 0, true));
    assertTrue(sweep().adoptionAssumed());
  }

  @Test
  void noneDuringAMigrationOrBeforeThePlansNextStep() {
    verified(1, new StrayCounts(1, 0, 0));
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    assertEquals(Refusal.PLAN_ACTIVE, walk.refusal(SWEEP));
    walk.accepted(new PlanCommand.CancelPlan(1));
    walk.start(MigrationKind.DRAIN);
    assertEquals(Refusal.MIGRATION_ACTIVE, walk.refusal(SWEEP));
  }

  @Test
  void theMapStaysAsItIs() {
    sweeping();
    for (Command command :
        List.of(
            new Command.AddShard("http://s9:6333", List.of()),
            new Command.AddJoiningShard("http://s9:6333", List.of()),
            new Command.RemoveShard(1),
            new Command.AddReplica(0, "http://s0r:1"),
            new Command.SetShardUrl(0, "http://s9:6333", Optional.empty(), true),
            new Command.StartMigration(drain(), 0, walk.term),
            new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0),
            VERIFY,
            SWEEP,
            new Command.RemoveRouter(walk.state.routers().get(0), false))) {
      long next = walk.state.nextId();
      assertEquals(Refusal.SWEEP_ACTIVE, walk.refusal(command), command::toString);
      assertEquals(next, walk.state.nextId(), "no id is used up");
    }
    walk.accepted(new StopCheck(1, false));
    assertEquals(
        Refusal.SWEEP_ACTIVE, walk.refusal(new Command.RemoveShard(1)), "it is being stopped");
    walk.accepted(finish(CheckState.STOPPED, ""));
    walk.accepted(new Command.RemoveShard(1));
  }

  @Test
  void aPausedPlanStaysPaused() {
    verified(1, new StrayCounts(1, 0, 0));
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    walk.accepted(new PlanCommand.PausePlan(1));
    walk.accepted(SWEEP);
    assertEquals(Refusal.SWEEP_ACTIVE, walk.refusal(new PlanCommand.ResumePlan(1)));
    walk.accepted(finish(CheckState.DONE, ""));
    walk.accepted(new PlanCommand.ResumePlan(1));
  }

  @Test
  void aRouterMayBeRemovedByForce() {
    sweeping();
    walk.accepted(new Command.RemoveRouter(walk.state.routers().get(0), true));
  }

  @Test
  void progressCountsOnceAndByPlace() {
    sweeping();
    walk.accepted(record(0, "", row("docs", 2)));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(record(0, "", row("docs", 2))));
    walk.accepted(record(1, "docs", row("docs", 1), row("more", 4)));
    assertEquals(List.of(row("docs", 3), row("more", 4)), sweep().rows());
    assertEquals(7, sweep().removed().total());
    assertEquals(Optional.of("docs"), sweep().upTo());
  }

  @Test
  void rowsAreBoundedAndTheRestIsSummed() {
    sweeping();
    for (int i = 0; i < Sweep.MAX_ROWS + 5; i++) {
      walk.accepted(record(i, "", row("c" + i, 1)));
    }
    assertEquals(Sweep.MAX_ROWS, sweep().rows().size());
    assertEquals(5, sweep().others().total());
    assertEquals(Sweep.MAX_ROWS + 5, sweep().removed().total());
  }

  @Test
  void aThirdLeaderWithoutProgressBeginsInVain() {
    sweeping();
    walk.accepted(new BeginSweep(1, walk.term));
    walk.accepted(new BeginSweep(1, walk.term));
    walk.term++;
    walk.accepted(new BeginSweep(1, walk.term));
    walk.accepted(record(0, "docs"));
    walk.term++;
    walk.accepted(new BeginSweep(1, walk.term));
    walk.term++;
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new BeginSweep(1, walk.term)));
    assertTrue(sweep().isActive(), "the leader ends it");
    walk.accepted(finish(CheckState.FAILED, "in vain"));
    assertEquals(Optional.of("in vain"), sweep().error());
  }

  @Test
  void aStopIsNoEndYet() {
    sweeping();
    walk.accepted(new StopCheck(1, false));
    walk.accepted(new StopCheck(1, false));
    assertEquals(SweepState.STOPPING, sweep().state());
    walk.accepted(record(0, "", row("docs", 2)));
    walk.accepted(finish(CheckState.STOPPED, ""));
    assertEquals(SweepState.STOPPED, sweep().state());
    assertEquals(Optional.of("stopped by ops"), sweep().error());
    assertFalse(walk.state.mayHaveRequestsUnderWay());
    assertEquals(Refusal.CHECK_ENDED, walk.refusal(finish(CheckState.DONE, "")));
    walk.accepted(SWEEP);
    assertEquals(0, sweep().removed().total(), "it begins anew");
  }

  @Test
  void force() {
    sweeping();
    walk.accepted(new StopCheck(1, true));
    assertEquals(SweepState.STOPPED, sweep().state());
    assertTrue(walk.state.mayHaveRequestsUnderWay(), "the next leader waits");
    walk.accepted(new Command.RemoveShard(1));
  }

  @Test
  void oneThatWasEndedByForceIsNotForgotten() {
    sweeping();
    walk.accepted(new StopCheck(1, true));
    for (long id = 2; id <= 20; id++) {
      verified(id, StrayCounts.NONE);
    }
    assertTrue(walk.state.mayHaveRequestsUnderWay(), "the next leader waits");
    assertEquals(
        List.of(1L, 17L, 18L, 19L, 20L),
        walk.state.checks().all().stream().map(check -> check.id()).toList());
    for (long id = 21; id <= 30; id++) {
      verified(id, new StrayCounts(1, 0, 0));
      walk.accepted(new StartSweep(id, 10, 0, false));
      walk.accepted(new StopCheck(id, true));
    }
    assertEquals(Checks.KEPT, walk.state.checks().all().size());
  }

  @Test
  void aLeaderOwesTheQuietWhileItIsUnderWay() {
    assertFalse(walk.state.mayHaveRequestsUnderWay());
    sweeping();
    assertTrue(walk.state.mayHaveRequestsUnderWay());
    walk.accepted(finish(CheckState.DONE, ""));
    assertFalse(walk.state.mayHaveRequestsUnderWay());
    assertEquals(Refusal.NOT_SWEEPABLE, walk.refusal(SWEEP), "once is enough");
  }

  @Test
  void aStaleLeaderIsNotHeard() {
    sweeping();
    FinishSweep old = finish(CheckState.DONE, "");
    walk.term++;
    assertEquals(Refusal.STALE_TERM, walk.refusal(old));
  }
}
