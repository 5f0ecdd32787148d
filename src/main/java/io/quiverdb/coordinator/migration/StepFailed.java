package io.quiverdb.coordinator.migration;

/**
 * A step cannot be done as things are. Before the flip a grow reverts and a drain is cancelled;
 * from the flip on the step holds. The message is for the operator.
 */
final class StepFailed extends Exception {
  private static final long serialVersionUID = 1L;

  StepFailed(String message) {
    super(message);
  }
}
