package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.MigrationOrder;
import io.quiverdb.coordinator.command.Command.MigrationProgress;
import io.quiverdb.coordinator.command.Command.PauseMigration;
import io.quiverdb.coordinator.command.Command.ResumeMigration;
import io.quiverdb.coordinator.command.Command.RetryMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.Command.ThrottleMigration;

/** Finds the rule of a command about the active migration; a refused one changes nothing. */
final class MigrationRules {
  private MigrationRules() {}

  static Applied decide(Turn turn, StepCommand command) {
    if (command instanceof AdvanceMigration advance) {
      return MigrationSteps.advance(turn, advance);
    }
    if (command instanceof BeginPhase begin) {
      return MigrationSteps.begin(turn, begin);
    }
    if (command instanceof MigrationProgress report) {
      return MigrationSteps.progress(turn, report);
    }
    if (command instanceof HoldMigration hold) {
      return MigrationSteps.hold(turn, hold);
    }
    if (command instanceof GateMigration gate) {
      return MigrationSteps.gate(turn, gate);
    }
    if (command instanceof FinishMigration finish) {
      return MigrationSteps.finish(turn, finish);
    }
    if (command instanceof RevertDone done) {
      return MigrationSteps.revertDone(turn, done);
    }
    throw Rules.missing(command);
  }

  static Applied decide(Turn turn, MigrationOrder command) {
    if (command instanceof PauseMigration pause) {
      return MigrationOrders.pause(turn, pause);
    }
    if (command instanceof ResumeMigration resume) {
      return MigrationOrders.resume(turn, resume);
    }
    if (command instanceof ThrottleMigration throttle) {
      return MigrationOrders.throttle(turn, throttle);
    }
    if (command instanceof CancelMigration cancel) {
      return MigrationOrders.cancel(turn, cancel);
    }
    if (command instanceof RetryMigration retry) {
      return MigrationOrders.retry(turn, retry);
    }
    throw Rules.missing(command);
  }
}
