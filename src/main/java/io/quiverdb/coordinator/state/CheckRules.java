// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.CheckCommand.BeginCheck;
import io.quiverdb.coordinator.command.CheckCommand.BeginSweep;
import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.CheckCommand.RecordSweep;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.CheckResult;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Checks of the data: one at a time, none during a migration, and each against one map. A change
 * that makes a report meaningless ends the check in the same entry.
 */
final class CheckRules {
  private CheckRules() {}

  static Applied decide(EntryContext context, CheckCommand command) {
    if (command instanceof StartCheck start) {
      return start(context, start);
    }
    if (command instanceof StartSweep sweep) {
      return SweepRules.start(context, sweep);
    }
    if (command instanceof BeginSweep begin) {
      return SweepRules.begin(context, begin);
    }
    if (command instanceof RecordSweep record) {
      return SweepRules.record(context, record);
    }
    if (command instanceof FinishSweep finish) {
      return SweepRules.finish(context, finish);
    }
    if (command instanceof StopCheck stop) {
      Optional<DataCheck> swept =
          context.state().checks().find(stop.checkId()).filter(DataCheck::isSwept);
      if (swept.isPresent()) {
        return SweepRules.stop(context, swept.get(), stop);
      }
      return onRunning(
          context,
          stop.checkId(),
          check ->
              check.ended(
                  CheckState.STOPPED,
                  "stopped by " + context.stamp().keyId(),
                  context.stamp().epochMillis()));
    }
    if (command instanceof BeginCheck begin) {
      return begin(context, begin);
    }
    if (command instanceof RecordCheck record) {
      return record(context, record);
    }
    if (command instanceof FinishCheck finish) {
      return onRunning(context, finish.checkId(), check -> finished(context, check, finish));
    }
    throw Rules.missing(command);
  }

  private static Applied start(EntryContext context, StartCheck start) {
    ClusterState state = context.state();
    if (state.format() < Checks.SINCE_FORMAT) {
      return context.rejected(
          Refusal.FORMAT_MISMATCH, "format " + state.format() + " has no checks of the data");
    }
    Optional<Applied> busy = Exclusion.ofWork(context);
    if (busy.isPresent()) {
      return busy.get();
    }
    if (start.pointsPerSecond() < 0) {
      return context.rejected(Refusal.LIMIT_REACHED, OperatorRules.THROTTLE_RANGE);
    }
    if (state.checks().nextId() == -1L) {
      return context.rejected(Refusal.COUNTER_EXHAUSTED, "no check id is left");
    }
    DataCheck check =
        DataCheck.begun(
            state.checks().nextId(),
            start.kind(),
            state.map().version(),
            start.pointsPerSecond(),
            context.stamp().epochMillis());
    return Rules.accepted(
        state.withChecks(state.checks().started(check)), new CheckResult(check.id()));
  }

  private static Applied begin(EntryContext context, BeginCheck begin) {
    return context
            .state()
            .checks()
            .find(begin.checkId())
            .filter(one -> one.isRunning() && one.beginsInVain(begin.leaderTerm()))
            .isPresent()
        ? context.rejected(
            Refusal.WRONG_STEP,
            "check "
                + Unsigned.text(begin.checkId())
                + " was begun by several leaders without progress")
        : onRunning(context, begin.checkId(), one -> one.begunIn(begin.leaderTerm()));
  }

  private static Applied record(EntryContext context, RecordCheck record) {
    Optional<DataCheck> check = context.state().checks().find(record.checkId());
    if (check.filter(one -> one.isRunning() && !one.upTo().equals(record.after())).isPresent()) {
      return context.rejected(
          Refusal.WRONG_STEP,
          "check "
              + Unsigned.text(record.checkId())
              + " has recorded another collection meanwhile");
    }
    return onRunning(
        context,
        record.checkId(),
        one -> one.recorded(record.upTo(), record.found(), record.leaderTerm()));
  }

  private static DataCheck finished(EntryContext context, DataCheck check, FinishCheck finish) {
    // A running state is no end.
    CheckState end = finish.end() == CheckState.RUNNING ? CheckState.FAILED : finish.end();
    return check.ended(end, finish.reason(), context.stamp().epochMillis());
  }

  private static Applied onRunning(EntryContext context, long id, UnaryOperator<DataCheck> change) {
    Checks checks = context.state().checks();
    Optional<DataCheck> found = checks.find(id);
    if (found.isEmpty()) {
      return unknown(context, id);
    }
    if (!found.get().isRunning()) {
      return context.rejected(
          Refusal.CHECK_ENDED,
          "check " + Unsigned.text(id) + " has ended: " + found.get().state().wireName());
    }
    return Rules.accepted(
        context.state().withChecks(checks.changed(change.apply(found.get()))), new CheckResult(id));
  }

  static Applied unknown(EntryContext context, long id) {
    return context.rejected(
        Refusal.UNKNOWN_CHECK, "there is no check " + Unsigned.text(id) + ", or it was forgotten");
  }

  /** Ends a verification whose map is no longer the current one, or soon will not be. */
  static Applied afterwards(Applied applied, Stamp stamp) {
    ClusterState state = applied.state();
    Optional<DataCheck> running = state.checks().running();
    Optional<String> over = running.flatMap(check -> over(state, check));
    return over.isEmpty()
        ? applied
        : applied.with(
            state.withChecks(
                state
                    .checks()
                    .changed(
                        running.get().ended(CheckState.STOPPED, over.get(), stamp.epochMillis()))));
  }

  private static Optional<String> over(ClusterState state, DataCheck check) {
    Optional<Migration> active = state.migrations().active();
    if (active.isPresent()) {
      return Optional.of("migration " + Unsigned.text(active.get().id()) + " began");
    }
    Optional<ClusterPlan> plan = Exclusion.beginning(state);
    if (plan.isPresent()) {
      // The leader does one thing at a time: the step would wait for the end of the check.
      return Optional.of("plan " + Unsigned.text(plan.get().id()) + " begins its next step");
    }
    return check.mapVersion() == state.map().version()
        ? Optional.empty()
        : Optional.of(
            "the map changed from version "
                + Unsigned.text(check.mapVersion())
                + " to "
                + Unsigned.text(state.map().version()));
  }
}
