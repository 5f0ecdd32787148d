// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.Finding;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.step.PatientLog;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Outcome;
import java.util.Optional;
import java.util.function.Predicate;

/** Logs what a check or a sweep has to say. */
final class FindingLog {
  private final PatientLog log;

  FindingLog(MigrationLog log) {
    this.log = new PatientLog(log);
  }

  /**
   * Logs a finding once.
   *
   * @param owed whether the check still lacks it
   * @return the outcome; empty if it is not owed any more
   */
  Optional<Outcome> log(Finding finding, Predicate<DataCheck> owed) throws InterruptedException {
    return log.log(
        "check " + finding.checkId(),
        finding,
        state -> state.checks().find(finding.checkId()).filter(owed).isPresent());
  }
}
