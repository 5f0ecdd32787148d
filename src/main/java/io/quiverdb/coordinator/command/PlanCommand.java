// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.List;

/** Several migrations in one order. One plan goes on at a time. */
public sealed interface PlanCommand extends Command {
  /** What an operator orders about a plan. */
  sealed interface PlanOrder extends PlanCommand {
    /** The id of the plan, unsigned. */
    long planId();
  }

  /** What the leader logs about the plan that goes on. Compare-and-set on plan and step. */
  sealed interface PlanProgress extends PlanCommand, LeaderCommand {
    /** The id of the plan, unsigned. */
    long planId();

    /** The place of the step that must be the next one, from 0. */
    int step();
  }

  /**
   * Makes a plan, which begins at once. Refused if the map as it is would refuse a step.
   *
   * @param steps in their order, all waiting
   * @param pointsPerSecond how fast each may copy; 0: unlimited
   */
  @Wire(value = "create_plan", sinceFormat = 2)
  record CreatePlan(List<PlanStep> steps, long pointsPerSecond) implements PlanCommand {
    public CreatePlan {
      steps = List.copyOf(steps);
    }
  }

  /** Pauses a plan: no further step begins. A migration that is under way continues. */
  @Wire(value = "pause_plan", sinceFormat = 2)
  record PausePlan(long planId) implements PlanOrder {}

  /** Resumes a plan that is paused, or that has stopped at a step. */
  @Wire(value = "resume_plan", sinceFormat = 2)
  record ResumePlan(long planId) implements PlanOrder {}

  /** Ends a plan; a migration that is under way continues. */
  @Wire(value = "cancel_plan", sinceFormat = 2)
  record CancelPlan(long planId) implements PlanOrder {}

  /** Deletes a plan that has ended. */
  @Wire(value = "forget_plan", sinceFormat = 2)
  record ForgetPlan(long planId) implements PlanOrder {}

  /**
   * Begins the migration of a step, in the same entry: a step is never begun twice. A refusal of
   * the migration stops the plan.
   *
   * @param mapVersion of the map that was checked: refused if there is another one by now
   * @param plan what to move; the shard id of a grow is ignored: the entry takes the next one
   */
  @Wire(value = "begin_plan_step", sinceFormat = 2)
  record BeginPlanStep(long planId, int step, long mapVersion, MigrationPlan plan, long leaderTerm)
      implements PlanProgress {}

  /** Stops a plan because its next step cannot begin. */
  @Wire(value = "stop_plan", sinceFormat = 2)
  record StopPlan(long planId, int step, String reason, long leaderTerm) implements PlanProgress {}
}
