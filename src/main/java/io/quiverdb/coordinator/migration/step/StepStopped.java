package io.quiverdb.coordinator.migration.step;

/**
 * The state asks for another step than the one that is under way: paused, cancelled, or moved on.
 */
public class StepStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the log asks for, for the operator. */
  public StepStopped(String message) {
    super(message);
  }
}
