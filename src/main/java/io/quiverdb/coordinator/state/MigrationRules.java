// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.MigrationOrder;
import io.quiverdb.coordinator.command.Command.PauseMigration;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.command.Command.ResumeMigration;
import io.quiverdb.coordinator.command.Command.RetryMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.Command.ThrottleMigration;

/** Finds the rule of a command about the active migration. A refused command changes nothing. */
final class MigrationRules {
  private MigrationRules() {}

  static Applied decide(EntryContext context, StepCommand command) {
    if (command instanceof AdvanceMigration advance) {
      return LeaderRules.advance(context, advance);
    }
    if (command instanceof BeginPhase begin) {
      return LeaderRules.begin(context, begin);
    }
    if (command instanceof ReportProgress report) {
      return LeaderRules.progress(context, report);
    }
    if (command instanceof HoldMigration hold) {
      return LeaderRules.hold(context, hold);
    }
    if (command instanceof GateMigration gate) {
      return LeaderRules.gate(context, gate);
    }
    if (command instanceof FinishMigration finish) {
      return LeaderRules.finish(context, finish);
    }
    if (command instanceof RevertDone done) {
      return LeaderRules.revertDone(context, done);
    }
    throw Rules.missing(command);
  }

  static Applied decide(EntryContext context, MigrationOrder command) {
    if (command instanceof PauseMigration pause) {
      return OperatorRules.pause(context, pause);
    }
    if (command instanceof ResumeMigration resume) {
      return OperatorRules.resume(context, resume);
    }
    if (command instanceof ThrottleMigration throttle) {
      return OperatorRules.throttle(context, throttle);
    }
    if (command instanceof CancelMigration cancel) {
      return OperatorRules.cancel(context, cancel);
    }
    if (command instanceof RetryMigration retry) {
      return OperatorRules.retry(context, retry);
    }
    throw Rules.missing(command);
  }
}
