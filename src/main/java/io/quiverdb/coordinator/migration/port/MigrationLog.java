// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import java.time.Duration;

/** The replicated log, as the leader's engine uses it. Thread-safe. */
public interface MigrationLog {
  /** The newest state that this member has applied; cheap. */
  ClusterState state();

  /**
   * Logs a command and waits until it is applied here.
   *
   * @throws UnknownOutcomeException if it is unknown whether it was logged. Read the state again:
   *     the command is compare-and-set.
   * @throws io.quiverdb.coordinator.shard.FencedException if this member does not lead in this term
   */
  Outcome submit(Command command) throws UnknownOutcomeException, InterruptedException;

  /** Waits until the state differs from {@code seen}, at most for {@code limit}. */
  void awaitChange(ClusterState seen, Duration limit) throws InterruptedException;

  /** It is unknown whether a command was logged. */
  final class UnknownOutcomeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public UnknownOutcomeException(String message) {
      super(message);
    }
  }
}
