package io.quiverdb.coordinator.migration;

/**
 * The state asks for another step than the one that is under way: paused, cancelled, or moved on.
 */
class StepStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StepStopped(String message) {
    super(message);
  }
}
