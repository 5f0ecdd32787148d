package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import java.time.Duration;

/** The replicated log as the leader's engine sees it. Thread-safe. */
public interface MigrationLog {
  /** The newest state that this node has applied; cheap. */
  ClusterState state();

  /**
   * Logs a command and waits until it is applied here.
   *
   * @throws UnknownOutcomeException if it is not known whether it was logged: look at the state
   *     again, the command is compare-and-set
   * @throws io.quiverdb.coordinator.shard.FencedException if this node does not lead in this term
   */
  Outcome submit(Command command) throws UnknownOutcomeException, InterruptedException;

  /** Waits until the state is another one than {@code seen}, at most for {@code limit}. */
  void awaitChange(ClusterState seen, Duration limit) throws InterruptedException;

  /** It is not known whether a command was logged. */
  final class UnknownOutcomeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public UnknownOutcomeException(String message) {
      super(message);
    }
  }
}
