package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.MigrationProgress;
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

/** What the leader logs about the move that it works on. */
final class MigrationSteps {
  private MigrationSteps() {}

  static Applied advance(Turn turn, AdvanceMigration advance) {
    return turn.onStep(
        advance,
        migration ->
            move(turn, migration.by(turn.runner()), advance.to(), By.LEADER, advance.reason()));
  }

  static Applied finish(Turn turn, FinishMigration finish) {
    return turn.onStep(
        finish, migration -> move(turn, migration.by(turn.runner()), Phase.DONE, By.LEADER, ""));
  }

  static Applied revertDone(Turn turn, RevertDone done) {
    return turn.onStep(
        done, migration -> move(turn, migration.by(turn.runner()), Phase.REVERTED, By.LEADER, ""));
  }

  static Applied begin(Turn turn, BeginPhase begin) {
    return turn.onStep(
        begin,
        migration -> {
          if (migration.state() == MigrationState.PAUSED) {
            return turn.wrongPhase(migration, "resume it first");
          }
          return migration.beginsInVain(begin.leaderTerm())
              ? turn.wrongPhase(
                  migration,
                  "it was begun in terms " + migration.begunIn() + " without progress; retry it")
              : turn.changed(migration.by(turn.runner()).begunIn(begin.leaderTerm()));
        });
  }

  static Applied progress(Turn turn, MigrationProgress report) {
    return turn.onStep(
        report,
        migration -> {
          Migration reported = migration.by(turn.runner()).withProgress(report.progress());
          if (deletes(migration, report)) {
            reported = reported.begunOnlyIn(report.leaderTerm());
          }
          return turn.changed(
              // What is in flight ends after the pause, and must not end the pause.
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

  /** Of a drop or a wipe, what it says while it deletes is all that tells of its progress. */
  private static boolean deletes(Migration migration, MigrationProgress report) {
    return report
        .waitingOn()
        .filter(now -> now.what().equals("deletes"))
        .filter(
            now -> !migration.waitingOn().map(WaitingOn::detail).equals(Optional.of(now.detail())))
        .isPresent();
  }

  /** One shard may be away while others go on. */
  private static boolean holds(MigrationProgress report) {
    return report.waitingOn().map(WaitingOn::isHold).orElse(false);
  }

  static Applied hold(Turn turn, HoldMigration hold) {
    return turn.onStep(
        hold,
        migration ->
            migration.state() == MigrationState.PAUSED
                ? turn.wrongPhase(migration, "resume it first")
                : turn.changed(
                    migration
                        .by(turn.runner())
                        .holdingIn(hold.leaderTerm(), hold.waitingOn())
                        .withState(
                            migration.state() == MigrationState.REVERTING
                                ? MigrationState.REVERTING
                                : MigrationState.HOLDING)));
  }

  /** What its author could not flip is nothing to hold routers for. */
  static Applied gate(Turn turn, GateMigration gate) {
    return turn.onStep(
        gate,
        migration -> {
          if (migration.state() == MigrationState.PAUSED) {
            return turn.wrongPhase(migration, "resume it first");
          }
          long term = turn.entry().term();
          boolean mayFlip = migration.phase() == Phase.WARMING && migration.verifiedTerm() == term;
          return mayFlip
              ? turn.changed(
                  migration
                      .by(turn.runner())
                      .withWaitingOn(Optional.empty())
                      .gated(new Gate(turn.entry().index())))
              : turn.wrongPhase(migration, "term " + term + " cannot make its flip yet");
        });
  }

  /** Brings a move into another phase, and changes the map in the same entry. */
  static Applied move(Turn turn, Migration migration, Phase to, By asking, String reason) {
    Optional<Transition> found =
        Transition.find(migration.plan().kind(), migration.phase(), to, asking);
    if (found.isEmpty()) {
      return turn.wrongPhase(migration, "it cannot go to " + to);
    }
    Transition transition = found.get();
    if (migration.state() == MigrationState.PAUSED && transition.forward()) {
      return turn.wrongPhase(migration, "resume it first");
    }
    long term = turn.entry().term();
    if (!transition.condition().holds(migration, term)) {
      return turn.wrongPhase(
          migration,
          "to go to " + to + " it must have been " + transition.condition().words() + ", " + term);
    }
    // A move ends although searches still show what was dropped: somebody should look at that.
    boolean telling = !transition.forward() || migration.phase() == Phase.COOLING;
    Migration moved = arrived(turn, migration, to, telling ? reason : "");
    Optional<MapChange> change = transition.map().change(turn.state().map(), migration);
    if (change.isEmpty()) {
      return turn.changed(moved);
    }
    if (change.get() instanceof Refused refused) {
      return turn.rejected(refused.refusal(), refused.detail());
    }
    Changed changed = (Changed) change.get();
    return turn.from(turn.state().withMap(changed.map()))
        .changed(transition.map().note(moved, changed.map().version()));
  }

  private static Migration arrived(Turn turn, Migration migration, Phase to, String reason) {
    Migration moved = migration.entering(turn.step(to));
    if (to == Phase.WARMING || to == Phase.VERIFYING) {
      moved = moved.verifiedIn(to == Phase.WARMING ? turn.entry().term() : 0);
    }
    return reason.isBlank() ? moved : moved.withError(reason);
  }
}
