// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.state.Transition.By;
import java.util.Optional;

/** Rules for what the leader logs about the active migration. */
final class LeaderRules {
  private LeaderRules() {}

  static Applied advance(EntryContext context, AdvanceMigration advance) {
    return context.onStep(
        advance,
        migration ->
            advance(
                context,
                migration.by(context.runner()),
                advance.to(),
                By.LEADER,
                advance.reason()));
  }

  static Applied finish(EntryContext context, FinishMigration finish) {
    return context.onStep(
        finish,
        migration -> advance(context, migration.by(context.runner()), Phase.DONE, By.LEADER, ""));
  }

  static Applied revertDone(EntryContext context, RevertDone done) {
    return context.onStep(
        done,
        migration ->
            advance(context, migration.by(context.runner()), Phase.REVERTED, By.LEADER, ""));
  }

  static Applied begin(EntryContext context, BeginPhase begin) {
    return context.onStep(
        begin,
        migration -> {
          if (migration.state() == MigrationState.PAUSED) {
            return context.wrongPhase(migration, "resume it first");
          }
          return migration.beginsInVain(begin.leaderTerm())
              ? context.wrongPhase(
                  migration,
                  "it was begun in terms " + migration.begunIn() + " without progress; retry it")
              : context.changed(migration.by(context.runner()).begunIn(begin.leaderTerm()));
        });
  }

  static Applied progress(EntryContext context, ReportProgress report) {
    return context.onStep(
        report,
        migration -> {
          Migration reported = migration.by(context.runner()).withProgress(report.progress());
          if (deletes(migration, report)) {
            reported = reported.begunOnlyIn(report.leaderTerm());
          }
          return context.changed(
              // Requests in flight end after the pause began; their report must not end the pause.
              migration.state() == MigrationState.PAUSED
                  ? reported
                  : reported
                      .withWaitingOn(report.waitingOn())
                      .withState(
                          migration.state() == MigrationState.HOLDING && !holds(report)
                              ? MigrationState.RUNNING
                              : migration.state()));
        });
  }

  /** Whether a drop or a cleanup made progress: only its reports of deletions show that. */
  private static boolean deletes(Migration migration, ReportProgress report) {
    return report
        .waitingOn()
        .filter(now -> now.what().equals("deletes"))
        .filter(
            now -> !migration.waitingOn().map(WaitingOn::detail).equals(Optional.of(now.detail())))
        .isPresent();
  }

  /** Whether it still waits; other shards may make progress meanwhile. */
  private static boolean holds(ReportProgress report) {
    return report.waitingOn().map(WaitingOn::isHold).orElse(false);
  }

  static Applied hold(EntryContext context, HoldMigration hold) {
    return context.onStep(
        hold,
        migration ->
            migration.state() == MigrationState.PAUSED
                ? context.wrongPhase(migration, "resume it first")
                : context.changed(
                    migration
                        .by(context.runner())
                        .holdingIn(hold.leaderTerm(), hold.waitingOn())
                        .withState(
                            migration.state() == MigrationState.REVERTING
                                ? MigrationState.REVERTING
                                : MigrationState.HOLDING)));
  }

  /** Refuses a gate if the leader could not flip now: routers would be held for nothing. */
  static Applied gate(EntryContext context, GateMigration gate) {
    return context.onStep(
        gate,
        migration -> {
          if (migration.state() == MigrationState.PAUSED) {
            return context.wrongPhase(migration, "resume it first");
          }
          long term = context.entry().term();
          boolean mayFlip = migration.phase() == Phase.WARMING && migration.verifiedTerm() == term;
          return mayFlip
              ? context.changed(
                  migration
                      .by(context.runner())
                      .withWaitingOn(Optional.empty())
                      .gated(new Gate(context.entry().index())))
              : context.wrongPhase(migration, "term " + term + " cannot make its flip yet");
        });
  }

  /** Moves a migration to another phase, and changes the map in the same entry. */
  static Applied advance(
      EntryContext context, Migration migration, Phase to, By asking, String reason) {
    Optional<Transition> found =
        Transition.find(migration.plan().kind(), migration.phase(), to, asking);
    if (found.isEmpty()) {
      return context.wrongPhase(migration, "it cannot go to " + to);
    }
    Transition transition = found.get();
    if (migration.state() == MigrationState.PAUSED && transition.forward()) {
      return context.wrongPhase(migration, "resume it first");
    }
    long term = context.entry().term();
    if (!transition.condition().holds(migration, term)) {
      return context.wrongPhase(
          migration,
          "to go to " + to + " it must have been " + transition.condition().words() + ", " + term);
    }
    // A migration may end while searches still show what was dropped: an operator should know.
    boolean telling = !transition.forward() || migration.phase() == Phase.COOLING;
    Migration moved = arrived(context, migration, to, telling ? reason : "");
    Optional<MapChange> change = transition.map().change(context.state().map(), migration);
    if (change.isEmpty()) {
      return context.changed(moved);
    }
    if (change.get() instanceof Refused refused) {
      return context.rejected(refused.refusal(), refused.detail());
    }
    Changed changed = (Changed) change.get();
    return context
        .from(context.state().withMap(changed.map()))
        .changed(transition.map().note(moved, changed.map().version()));
  }

  private static Migration arrived(
      EntryContext context, Migration migration, Phase to, String reason) {
    Migration moved = migration.entering(context.step(to));
    if (to == Phase.WARMING || to == Phase.VERIFYING) {
      moved = moved.verifiedIn(to == Phase.WARMING ? context.entry().term() : 0);
    }
    return reason.isBlank() ? moved : moved.withError(reason);
  }
}
