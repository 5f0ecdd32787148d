package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.MigrationProgress;
import io.quiverdb.coordinator.command.Command.PauseMigration;
import io.quiverdb.coordinator.command.Command.ResumeMigration;
import io.quiverdb.coordinator.command.Command.RetryMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.command.Command.ThrottleMigration;
import java.util.Optional;

/** One rule for each command about a move; a refused one changes nothing but a grow's shard id. */
final class MigrationRules {
  private MigrationRules() {}

  /** Empty if the command is about no move. */
  static Optional<Applied> decide(Turn turn, Command command) {
    if (command instanceof StartMigration start) {
      return Optional.of(MigrationStart.start(turn, start));
    }
    if (command instanceof AdvanceMigration advance) {
      return Optional.of(MigrationSteps.advance(turn, advance));
    }
    if (command instanceof BeginPhase begin) {
      return Optional.of(MigrationSteps.begin(turn, begin));
    }
    if (command instanceof MigrationProgress report) {
      return Optional.of(MigrationSteps.progress(turn, report));
    }
    if (command instanceof HoldMigration hold) {
      return Optional.of(MigrationSteps.hold(turn, hold));
    }
    if (command instanceof GateMigration gate) {
      return Optional.of(MigrationSteps.gate(turn, gate));
    }
    if (command instanceof FinishMigration finish) {
      return Optional.of(MigrationSteps.finish(turn, finish));
    }
    if (command instanceof RevertDone done) {
      return Optional.of(MigrationSteps.revertDone(turn, done));
    }
    if (command instanceof PauseMigration pause) {
      return Optional.of(MigrationOrders.pause(turn, pause));
    }
    if (command instanceof ResumeMigration resume) {
      return Optional.of(MigrationOrders.resume(turn, resume));
    }
    if (command instanceof ThrottleMigration throttle) {
      return Optional.of(MigrationOrders.throttle(turn, throttle));
    }
    if (command instanceof CancelMigration cancel) {
      return Optional.of(MigrationOrders.cancel(turn, cancel));
    }
    if (command instanceof RetryMigration retry) {
      return Optional.of(MigrationOrders.retry(turn, retry));
    }
    return Optional.empty();
  }
}
