// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.Finding;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what a check or a sweep has to say. */
final class FindingLog {
  private static final Logger LOG = LoggerFactory.getLogger(FindingLog.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final MigrationLog log;

  FindingLog(MigrationLog log) {
    this.log = log;
  }

  /**
   * Logs a finding once: while the outcome is unknown, it waits until the state shows it.
   *
   * @param owed whether the check still lacks it
   * @return the outcome; empty if it is not owed any more
   */
  Optional<Outcome> log(Finding finding, Predicate<DataCheck> owed) throws InterruptedException {
    while (log.state().checks().find(finding.checkId()).filter(owed).isPresent()) {
      var seen = log.state();
      try {
        Outcome outcome = log.submit(finding);
        if (outcome instanceof Rejected rejected) {
          LOG.info("check {}: {}", finding.checkId(), rejected.detail());
        }
        return Optional.of(outcome);
      } catch (MigrationLog.UnknownOutcomeException e) {
        LOG.info("check {}: {}", finding.checkId(), e.getMessage());
        log.awaitChange(seen, LOOK);
      }
    }
    return Optional.empty();
  }
}
