// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand.BeginPlanStep;
import io.quiverdb.coordinator.command.PlanCommand.CancelPlan;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.command.PlanCommand.ForgetPlan;
import io.quiverdb.coordinator.command.PlanCommand.PausePlan;
import io.quiverdb.coordinator.command.PlanCommand.ResumePlan;
import io.quiverdb.coordinator.command.PlanCommand.StopPlan;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterPlans;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The state of a plan after each entry. */
class PlanRulesTest {
  private static final String N3 = "http://s3:6333";
  private static final PlanStep GROW = PlanStep.grow(N3, List.of());

  private final Walk walk = new Walk();

  @BeforeEach
  void raise() {
    walk.accepted(new Command.RaiseFormat(2, walk.term));
  }

  private static Command create(PlanStep... steps) {
    return new CreatePlan(List.of(steps), 500);
  }

  private ClusterPlan plan() {
    List<ClusterPlan> all = walk.state.plans().all();
    return all.get(all.size() - 1);
  }

  private PlanStep step(int place) {
    return plan().steps().get(place);
  }

  private Command begin(int place) {
    PlanStep step = step(place);
    MigrationPlan its = step.url().isEmpty() ? Walk.drain(step.shardId()) : Walk.grow(step.url());
    return new BeginPlanStep(plan().id(), place, walk.state.map().version(), its, walk.term);
  }

  private void revert() {
    walk.accepted(walk.cancel());
    walk.accepted(new Command.RevertDone(walk.migration().id(), walk.term));
  }

  @Test
  void needsFormat2() {
    assertEquals(Refusal.FORMAT_MISMATCH, new Walk().refusal(create(GROW)));
  }

  @Test
  void stepsFollowEachOther() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    assertEquals(OptionalInt.of(0), plan().next());
    walk.accepted(begin(0));
    assertEquals(PlanStep.State.RUNNING, step(0).state());
    assertEquals(OptionalLong.of(1), step(0).migration());
    assertEquals(500, walk.migration().throttlePointsPerSecond());
    assertEquals(OptionalInt.empty(), plan().next());
    walk.to(Phase.DONE);
    assertEquals(PlanStep.State.DONE, step(0).state());
    assertEquals(OptionalInt.of(1), plan().next());
    walk.accepted(begin(1));
    walk.to(Phase.DONE);
    assertEquals(ClusterPlan.State.DONE, plan().state());
    assertTrue(plan().finishedMillis().isPresent());
    assertEquals(OptionalLong.of(2), step(1).migration());
  }

  @Test
  void noStepBeginsTwice() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    Command first = begin(0);
    walk.accepted(first);
    assertEquals(Refusal.WRONG_STEP, walk.refusal(first));
    walk.to(Phase.DONE);
    assertEquals(Refusal.WRONG_STEP, walk.refusal(first));
    assertEquals(1, walk.state.migrations().finished().size());
  }

  @Test
  void aMapThatChangedMeanwhileIsCheckedAgain() {
    walk.accepted(create(PlanStep.drain(1)));
    Command begin = begin(0);
    walk.accepted(new Command.AddShard("http://s9:6333", List.of()));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin));
    assertEquals(ClusterPlan.State.RUNNING, plan().state());
  }

  @Test
  void anotherMigrationIsWaitedFor() {
    walk.accepted(create(GROW));
    walk.start(io.quiverdb.coordinator.model.MigrationKind.DRAIN);
    assertEquals(Refusal.MIGRATION_ACTIVE, walk.refusal(begin(0)));
    walk.to(Phase.DONE);
    walk.accepted(begin(0));
    assertEquals(OptionalLong.of(2), step(0).migration());
  }

  @Test
  void aMigrationThatIsTakenBackStopsIt() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    walk.accepted(begin(0));
    walk.to(Phase.COPYING);
    revert();
    assertEquals(ClusterPlan.State.STOPPED, plan().state());
    assertEquals(PlanStep.State.FAILED, step(0).state());
    assertTrue(plan().error().orElseThrow().startsWith("step 1: migration 1 ended reverted"));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin(0)));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin(1)));
  }

  @Test
  void goesOnFromTheStepAtWhichItStopped() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    walk.accepted(begin(0));
    walk.to(Phase.COPYING);
    revert();
    walk.accepted(new ResumePlan(1));
    assertEquals(Optional.empty(), plan().error());
    walk.accepted(begin(0));
    assertEquals(OptionalLong.of(2), step(0).migration());
  }

  @Test
  void aStepThatCannotBeginStopsIt() {
    walk.accepted(create(GROW));
    walk.accepted(new StopPlan(1, 0, "target_empty: it is not", walk.term));
    assertEquals(ClusterPlan.State.STOPPED, plan().state());
    assertEquals(Optional.of("step 1: target_empty: it is not"), plan().error());
  }

  @Test
  void aRefusedStartStopsIt() {
    walk.accepted(create(GROW));
    walk.accepted(new Command.AddShard(N3, List.of()));
    long next = walk.state.nextId();
    walk.accepted(begin(0));
    assertEquals(ClusterPlan.State.STOPPED, plan().state());
    assertTrue(walk.state.migrations().active().isEmpty());
    assertEquals(next + 1, walk.state.nextId(), "an id is used up, as by a grow");
  }

  @Test
  void aPauseLetsNoStepBegin() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    walk.accepted(begin(0));
    walk.accepted(new PausePlan(1));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new PausePlan(1)));
    walk.to(Phase.DONE);
    assertEquals(ClusterPlan.State.PAUSED, plan().state());
    assertEquals(PlanStep.State.DONE, step(0).state());
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin(1)));
    walk.accepted(new ResumePlan(1));
    walk.accepted(begin(1));
  }

  @Test
  void aCancelLeavesTheMigrationAlone() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    walk.accepted(begin(0));
    walk.accepted(new CancelPlan(1));
    assertEquals(ClusterPlan.State.CANCELLED, plan().state());
    walk.to(Phase.DONE);
    assertEquals(ClusterPlan.State.CANCELLED, plan().state());
    assertEquals(PlanStep.State.DONE, step(0).state());
    assertEquals(Refusal.WRONG_STEP, walk.refusal(begin(1)));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new ResumePlan(1)));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new CancelPlan(1)));
  }

  @Test
  void oneAtATime() {
    walk.accepted(create(GROW));
    assertEquals(Refusal.PLAN_ACTIVE, walk.refusal(create(PlanStep.drain(1))));
    walk.accepted(new StopPlan(1, 0, "any", walk.term));
    walk.accepted(create(PlanStep.drain(1)));
    assertEquals(Refusal.PLAN_ACTIVE, walk.refusal(new ResumePlan(1)));
  }

  @Test
  void whatTheMapWouldRefuseIsRefusedAtOnce() {
    assertEquals(Refusal.UNKNOWN_SHARD, walk.refusal(create(GROW, PlanStep.drain(77))));
    assertEquals(Refusal.DUPLICATE_URL, walk.refusal(create(GROW, GROW)));
    assertEquals(
        Refusal.NO_ACTIVE_SHARD_LEFT,
        walk.refusal(create(PlanStep.drain(0), PlanStep.drain(1), PlanStep.drain(2))));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(create()));
    assertEquals(
        Refusal.LIMIT_REACHED,
        walk.refusal(new CreatePlan(Collections.nCopies(ClusterPlan.MAX_STEPS + 1, GROW), 0)));
    assertTrue(walk.rejected(create(GROW, PlanStep.drain(77))).detail().startsWith("step 2: "));
  }

  /** It need not get the next id: a migration before it is reverted, or somebody takes an id. */
  @Test
  void noStepDrainsAShardThatAnEarlierOneAdds() {
    assertEquals(Refusal.UNKNOWN_SHARD, walk.refusal(create(GROW, PlanStep.drain(3))));
  }

  @Test
  void aRestoreEndsIt() {
    walk.accepted(create(GROW, PlanStep.drain(1)));
    walk.accepted(new PausePlan(1));
    walk.accepted(Walk.leaving(walk.state, 1));
    assertEquals(ClusterPlan.State.CANCELLED, plan().state());
    assertEquals(Optional.of("a backup was restored"), plan().error());
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new ResumePlan(1)));
  }

  @Test
  void theSameUrlMayComeBack() {
    walk.accepted(create(PlanStep.drain(1), PlanStep.grow("http://s1:6333", List.of())));
  }

  @Test
  void anEndedOneIsForgotten() {
    walk.accepted(create(GROW));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(new ForgetPlan(1)));
    walk.accepted(new CancelPlan(1));
    walk.accepted(new ForgetPlan(1));
    assertEquals(Refusal.UNKNOWN_PLAN, walk.refusal(new ForgetPlan(1)));
    for (int i = 0; i < ClusterPlans.KEPT + 3; i++) {
      walk.accepted(create(GROW));
      walk.accepted(new CancelPlan(plan().id()));
    }
    assertEquals(ClusterPlans.KEPT, walk.state.plans().all().size());
  }
}
