// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.List;

/**
 * Logs that this leader begins the work of a phase. Work that crashes a leader, for example for
 * lack of memory, would crash the next one too. So a phase that several leaders have begun without
 * any progress waits for the operator.
 */
public final class PhaseStart {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final MigrationLog log;
  private final StepControl control;
  private final long term;

  /** Serves the leader of one term. */
  public PhaseStart(MigrationLog log, StepControl control, long term) {
    this.log = log;
    this.control = control;
    this.term = term;
  }

  /** Logs the beginning, and returns when the work may begin. */
  public void log(Migration migration) throws InterruptedException {
    while (!control.migration().begunIn().contains(term)) {
      control.check();
      if (control.migration().beginsInVain(term)) {
        new OperatorQuestion(control)
            .ask(
                WaitingOn.ATTEMPTS,
                Migration.MAX_BEGINNINGS
                    + " leaders have begun "
                    + migration.phase()
                    + " and ended without any progress in it: look at their last output; if they"
                    + " lacked memory, give all members more; then retry, or cancel",
                List.of());
      }
      ClusterState seen = log.state();
      try {
        if (log.submit(new BeginPhase(migration.id(), migration.phase(), term))
            instanceof Rejected) {
          log.awaitChange(seen, POLL_INTERVAL);
        }
      } catch (MigrationLog.UnknownOutcomeException e) {
        log.awaitChange(seen, POLL_INTERVAL);
      }
    }
  }
}
