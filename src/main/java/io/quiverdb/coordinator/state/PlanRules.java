// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.PlanCommand.BeginPlanStep;
import io.quiverdb.coordinator.command.PlanCommand.CancelPlan;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.command.PlanCommand.ForgetPlan;
import io.quiverdb.coordinator.command.PlanCommand.PausePlan;
import io.quiverdb.coordinator.command.PlanCommand.PlanOrder;
import io.quiverdb.coordinator.command.PlanCommand.PlanProgress;
import io.quiverdb.coordinator.command.PlanCommand.ResumePlan;
import io.quiverdb.coordinator.command.PlanCommand.StopPlan;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterPlans;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.PlannedMap;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Result.PlanResult;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The rules of plans. One plan runs at a time. Each step is one migration; the entry that ends the
 * migration records its outcome in the plan.
 */
final class PlanRules {
  private PlanRules() {}

  static Applied decide(EntryContext context, PlanCommand command) {
    if (command instanceof CreatePlan create) {
      return create(context, create);
    }
    if (command instanceof PlanOrder order) {
      Optional<ClusterPlan> plan = context.state().plans().find(order.planId());
      return plan.isPresent()
          ? order(context, plan.get(), order)
          : context.rejected(
              Refusal.UNKNOWN_PLAN,
              "there is no plan " + Unsigned.text(order.planId()) + ", or it was forgotten");
    }
    if (command instanceof PlanProgress progress) {
      return progress(context, progress);
    }
    throw Rules.missing(command);
  }

  private static Applied create(EntryContext context, CreatePlan create) {
    ClusterState state = context.state();
    if (state.format() < ClusterPlans.SINCE_FORMAT) {
      return context.rejected(
          Refusal.FORMAT_MISMATCH, "format " + state.format() + " has no plans");
    }
    Optional<ClusterPlan> active = state.plans().active();
    if (active.isPresent()) {
      return context.rejected(Refusal.PLAN_ACTIVE, busy(active.get()));
    }
    Optional<Applied> sweep = SweepRules.blocking(context);
    if (sweep.isPresent()) {
      return sweep.get();
    }
    List<PlanStep> steps = create.steps();
    if (steps.isEmpty() || steps.size() > ClusterPlan.MAX_STEPS) {
      return context.rejected(Refusal.LIMIT_REACHED, "steps: wanted 1 to " + ClusterPlan.MAX_STEPS);
    }
    if (create.pointsPerSecond() < 0) {
      return context.rejected(Refusal.LIMIT_REACHED, OperatorRules.THROTTLE_RANGE);
    }
    if (state.plans().nextId() == -1L) {
      return context.rejected(Refusal.COUNTER_EXHAUSTED, "no plan id is left");
    }
    PlannedMap trial = new PlannedMap(state.map(), state.nextId());
    for (int i = 0; i < steps.size(); i++) {
      Optional<Refused> refused = trial.step(steps.get(i));
      if (refused.isPresent()) {
        return context.rejected(
            refused.get().refusal(), "step " + (i + 1) + ": " + refused.get().detail());
      }
    }
    ClusterPlan plan =
        new ClusterPlan(
            state.plans().nextId(),
            ClusterPlan.State.RUNNING,
            steps.stream().map(PlanRules::waiting).toList(),
            create.pointsPerSecond(),
            context.stamp().epochMillis(),
            OptionalLong.empty(),
            Optional.empty());
    return accepted(state, state.plans().created(plan), plan);
  }

  private static PlanStep waiting(PlanStep step) {
    return step.in(PlanStep.State.WAITING, OptionalLong.empty());
  }

  private static String busy(ClusterPlan active) {
    return "plan "
        + Unsigned.text(active.id())
        + " is "
        + active.state().wireName()
        + "; wait for its end, or cancel it";
  }

  private static Applied order(EntryContext context, ClusterPlan plan, PlanOrder order) {
    if (order instanceof PausePlan) {
      return plan.state() == ClusterPlan.State.RUNNING
          ? changed(context, plan.in(ClusterPlan.State.PAUSED))
          : wrong(context, plan, "only a running one can be paused");
    }
    if (order instanceof ResumePlan) {
      return resume(context, plan);
    }
    if (order instanceof CancelPlan) {
      return plan.isActive() || plan.state() == ClusterPlan.State.STOPPED
          ? changed(
              context,
              plan.ended(
                  ClusterPlan.State.CANCELLED,
                  "cancelled by " + context.stamp().keyId(),
                  context.stamp().epochMillis()))
          : wrong(context, plan, "it has ended");
    }
    if (order instanceof ForgetPlan) {
      return plan.isActive()
          ? wrong(context, plan, "cancel it first")
          : accepted(context.state(), context.state().plans().without(plan.id()), plan);
    }
    throw Rules.missing(order);
  }

  private static Applied resume(EntryContext context, ClusterPlan plan) {
    Optional<Applied> sweep = SweepRules.blocking(context);
    if (sweep.isPresent()) {
      return sweep.get();
    }
    if (plan.state() == ClusterPlan.State.PAUSED) {
      return changed(context, plan.in(ClusterPlan.State.RUNNING));
    }
    if (plan.state() != ClusterPlan.State.STOPPED) {
      return wrong(context, plan, "only one that is paused or has stopped can be resumed");
    }
    Optional<ClusterPlan> other = context.state().plans().active();
    if (other.isPresent()) {
      return context.rejected(Refusal.PLAN_ACTIVE, busy(other.get()));
    }
    int failed = plan.current().orElse(0);
    return changed(
        context,
        plan.with(failed, waiting(plan.steps().get(failed))).in(ClusterPlan.State.RUNNING));
  }

  private static Applied progress(EntryContext context, PlanProgress progress) {
    Optional<ClusterPlan> found =
        context
            .state()
            .plans()
            .find(progress.planId())
            .filter(plan -> plan.next().equals(OptionalInt.of(progress.step())));
    if (found.isEmpty()) {
      return context.rejected(
          Refusal.WRONG_STEP,
          "plan " + Unsigned.text(progress.planId()) + " is at another step, or does not go on");
    }
    ClusterPlan plan = found.get();
    if (progress instanceof StopPlan stop) {
      return changed(context, stopped(plan, stop.step(), stop.reason(), context.stamp()));
    }
    BeginPlanStep begin = (BeginPlanStep) progress;
    if (begin.mapVersion() != context.state().map().version()) {
      return context.rejected(
          Refusal.WRONG_STEP, "the map changed while the step was being checked");
    }
    Applied started =
        MigrationStart.start(
            context,
            new StartMigration(begin.plan(), plan.pointsPerSecond(), begin.leaderTerm()),
            MigrationOrigin.PLAN);
    if (started.outcome() instanceof Rejected refused) {
      // What is under way ends by itself: the leader tries again.
      return Exclusion.passes(refused.refusal())
          ? started
          : changed(
              context.from(started.state()),
              stopped(plan, begin.step(), refused.detail(), context.stamp()));
    }
    long migration = ((MigrationResult) ((Accepted) started.outcome()).result()).id();
    PlanStep step =
        plan.steps().get(begin.step()).in(PlanStep.State.RUNNING, OptionalLong.of(migration));
    return changed(context.from(started.state()), plan.with(begin.step(), step));
  }

  private static ClusterPlan stopped(ClusterPlan plan, int place, String reason, Stamp stamp) {
    PlanStep step = plan.steps().get(place);
    ClusterPlan failed = plan.with(place, step.in(PlanStep.State.FAILED, step.migration()));
    return failed.state() == ClusterPlan.State.CANCELLED
        ? failed
        : failed.ended(
            ClusterPlan.State.STOPPED, "step " + (place + 1) + ": " + reason, stamp.epochMillis());
  }

  private static Applied changed(EntryContext context, ClusterPlan plan) {
    return accepted(context.state(), context.state().plans().changed(plan), plan);
  }

  private static Applied accepted(ClusterState state, ClusterPlans plans, ClusterPlan plan) {
    return Rules.accepted(state.withPlans(plans), new PlanResult(plan.id()));
  }

  private static Applied wrong(EntryContext context, ClusterPlan plan, String why) {
    return context.rejected(
        Refusal.WRONG_STEP,
        "plan " + Unsigned.text(plan.id()) + " is " + plan.state().wireName() + "; " + why);
  }

  /** Ends the running plan: it was made for another map than the restored one. */
  static ClusterState restored(ClusterState state, Stamp stamp) {
    return state
        .plans()
        .active()
        .map(
            plan ->
                state.withPlans(
                    state
                        .plans()
                        .changed(
                            plan.ended(
                                ClusterPlan.State.CANCELLED,
                                "a backup was restored",
                                stamp.epochMillis()))))
        .orElse(state);
  }

  /** Records in a plan the outcome of the migration that this entry has ended. */
  static Applied afterwards(ClusterState before, Applied applied, Stamp stamp) {
    Optional<Migration> ended = ended(before, applied);
    if (ended.isEmpty()) {
      return applied;
    }
    Migration migration = ended.get();
    for (ClusterPlan plan : applied.state().plans().all()) {
      OptionalInt place = plan.running(migration.id());
      if (place.isPresent()) {
        ClusterPlan noted = noted(plan, place.getAsInt(), migration, stamp);
        return applied.with(applied.state().withPlans(applied.state().plans().changed(noted)));
      }
    }
    return applied;
  }

  /** The migration that this entry has ended. */
  static Optional<Migration> ended(ClusterState before, Applied applied) {
    return before
        .migrations()
        .active()
        .flatMap(active -> applied.state().migrations().find(active.id()))
        .filter(migration -> migration.phase().isTerminal());
  }

  private static ClusterPlan noted(ClusterPlan plan, int place, Migration migration, Stamp stamp) {
    if (migration.phase() != Phase.DONE) {
      return stopped(
          plan,
          place,
          "migration "
              + Unsigned.text(migration.id())
              + " ended "
              + migration.state().wireName()
              + migration.error().map(error -> ": " + error).orElse(""),
          stamp);
    }
    ClusterPlan done =
        plan.with(
            place,
            plan.steps().get(place).in(PlanStep.State.DONE, plan.steps().get(place).migration()));
    return done.current().isEmpty() && done.isActive()
        ? done.ended(ClusterPlan.State.DONE, "", stamp.epochMillis())
        : done;
  }
}
