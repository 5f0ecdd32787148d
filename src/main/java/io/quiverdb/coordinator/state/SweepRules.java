// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand.BeginSweep;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.command.CheckCommand.RecordSweep;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.CheckResult;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sweeps: one at a time, of a check whose map is still the map, and the map stays as it is until
 * the sweep has ended.
 */
final class SweepRules {
  private SweepRules() {}

  /** Why the map must stay as it is; empty if no sweep says so. */
  static Optional<Applied> blocking(EntryContext context) {
    return context
        .state()
        .checks()
        .sweeping()
        .map(check -> context.rejected(Refusal.SWEEP_ACTIVE, active(check)));
  }

  private static String active(DataCheck check) {
    SweepState state = check.sweep().orElseThrow().state();
    return "the sweep of check "
        + Unsigned.text(check.id())
        + " is "
        + state.wireName()
        + ", and the map cannot change meanwhile; wait for its end"
        + (state == SweepState.RUNNING
            ? ", or stop it"
            : "; if it waits for a shard that never comes back, stop it with force");
  }

  static Applied start(EntryContext context, StartSweep start) {
    ClusterState state = context.state();
    Optional<Applied> busy = Exclusion.ofWork(context);
    if (busy.isPresent()) {
      return busy.get();
    }
    Optional<DataCheck> found = state.checks().find(start.checkId());
    if (found.isEmpty()) {
      return CheckRules.unknown(context, start.checkId());
    }
    if (start.pointsPerSecond() < 0) {
      return context.rejected(Refusal.LIMIT_REACHED, OperatorRules.THROTTLE_RANGE);
    }
    if (start.spillLimit() < 0) {
      return context.rejected(Refusal.LIMIT_REACHED, "spill_limit: wanted 0 to " + Long.MAX_VALUE);
    }
    DataCheck check = found.get();
    Optional<String> obstacle = obstacle(state, check, start);
    if (obstacle.isPresent()) {
      return context.rejected(Refusal.NOT_SWEEPABLE, obstacle.get());
    }
    Sweep sweep =
        Sweep.begun(
            start.spillLimit(),
            start.pointsPerSecond(),
            start.adoptionAssumed(),
            context.stamp().epochMillis());
    return changed(context, check.swept(sweep));
  }

  private static Optional<String> obstacle(ClusterState state, DataCheck check, StartSweep start) {
    String name = "check " + Unsigned.text(check.id());
    if (check.state() != CheckState.DONE) {
      return Optional.of(
          name + " is " + check.state().wireName() + ", not done: verify again, then sweep that");
    }
    if (check.mapVersion() != state.map().version()) {
      return Optional.of(
          name
              + " compared with map version "
              + Unsigned.text(check.mapVersion())
              + ", and the map is at version "
              + Unsigned.text(state.map().version())
              + " by now: verify again, then sweep that");
    }
    if (check.sweep().filter(sweep -> sweep.state() == SweepState.DONE).isPresent()) {
      return Optional.of(name + " was swept already: verify again");
    }
    if (check.report().strays().total() == 0) {
      return Optional.of(name + " found no strays: there is nothing to sweep");
    }
    long onlyCopies = check.report().strays().onlyCopy();
    if (onlyCopies > start.spillLimit()) {
      return Optional.of(
          name
              + " found "
              + onlyCopies
              + " points that their owner lacks, and spill_limit is "
              + start.spillLimit()
              + ": if an owner lost its data, restore that; if they are to go, sweep with a higher"
              + " spill_limit, which keeps them in a spill file");
    }
    if (state.routers().isEmpty() && !start.adoptionAssumed()) {
      return Optional.of(
          "no router is registered, so nobody can say which map routers work with: register them");
    }
    return Optional.empty();
  }

  static Applied stop(EntryContext context, DataCheck check, StopCheck stop) {
    Sweep sweep = check.sweep().orElseThrow();
    String who = context.stamp().keyId();
    if (stop.force()) {
      Sweep ended =
          sweep.ended(
              SweepState.STOPPED,
              "ended by force by " + who + ": some of its requests may have taken effect later",
              true,
              context.stamp().epochMillis());
      return changed(context, check.swept(ended));
    }
    return sweep.state() == SweepState.STOPPING
        ? Rules.accepted(context.state(), new CheckResult(check.id()))
        : changed(context, check.swept(sweep.stopping(who)));
  }

  static Applied begin(EntryContext context, BeginSweep begin) {
    Optional<Sweep> inVain =
        context
            .state()
            .checks()
            .find(begin.checkId())
            .flatMap(DataCheck::sweep)
            .filter(sweep -> sweep.isActive() && sweep.beginsInVain(begin.leaderTerm()));
    if (inVain.isPresent()) {
      return context.rejected(
          Refusal.WRONG_STEP,
          "the leaders of terms "
              + inVain.get().begunIn()
              + " have begun it and ended without any progress: look at their last output; if they"
              + " lacked memory, give all members more; then sweep again");
    }
    return onActive(context, begin.checkId(), sweep -> sweep.begunIn(begin.leaderTerm()));
  }

  static Applied record(EntryContext context, RecordSweep record) {
    Optional<Sweep> sweep =
        context.state().checks().find(record.checkId()).flatMap(DataCheck::sweep);
    if (sweep.filter(one -> one.isActive() && one.entries() != record.after()).isPresent()) {
      return context.rejected(
          Refusal.WRONG_STEP,
          "the sweep of check "
              + Unsigned.text(record.checkId())
              + " has recorded something else meanwhile");
    }
    return onActive(
        context,
        record.checkId(),
        one ->
            one.recorded(record.upTo(), record.rows(), record.waitingFor(), record.leaderTerm()));
  }

  static Applied finish(EntryContext context, FinishSweep finish) {
    SweepState end =
        switch (finish.end()) {
          case DONE -> SweepState.DONE;
          case STOPPED -> SweepState.STOPPED;
          // Nothing but an end ends it.
          case FAILED, RUNNING -> SweepState.FAILED;
        };
    return onActive(
        context,
        finish.checkId(),
        sweep -> sweep.ended(end, finish.reason(), false, context.stamp().epochMillis()));
  }

  private static Applied onActive(EntryContext context, long id, UnaryOperator<Sweep> change) {
    Optional<DataCheck> found = context.state().checks().find(id);
    if (found.isEmpty()) {
      return CheckRules.unknown(context, id);
    }
    if (!found.get().isSwept()) {
      return context.rejected(
          Refusal.CHECK_ENDED, "no sweep of check " + Unsigned.text(id) + " is under way");
    }
    return changed(context, found.get().swept(change.apply(found.get().sweep().orElseThrow())));
  }

  private static Applied changed(EntryContext context, DataCheck check) {
    return Rules.accepted(
        context.state().withChecks(context.state().checks().changed(check)),
        new CheckResult(check.id()));
  }
}
