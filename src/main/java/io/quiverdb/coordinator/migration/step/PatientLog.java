// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs entries that the state has to show. */
public final class PatientLog {
  private static final Logger LOG = LoggerFactory.getLogger(PatientLog.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final MigrationLog log;

  /** Over the replicated log. */
  public PatientLog(MigrationLog log) {
    this.log = log;
  }

  /**
   * Logs an entry once: while the outcome is unknown, it waits until the state shows it.
   *
   * @param about what it is about, for people who read this member's output
   * @param owed whether the state still lacks it
   * @return the outcome; empty if it is not owed any more
   */
  public Optional<Outcome> log(String about, Command entry, Predicate<ClusterState> owed)
      throws InterruptedException {
    while (owed.test(log.state())) {
      ClusterState seen = log.state();
      try {
        Outcome outcome = log.submit(entry);
        if (outcome instanceof Rejected rejected) {
          LOG.info("{}: {}", about, rejected.detail());
        }
        return Optional.of(outcome);
      } catch (MigrationLog.UnknownOutcomeException e) {
        LOG.info("{}: {}", about, e.getMessage());
        log.awaitChange(seen, LOOK);
      }
    }
    return Optional.empty();
  }
}
