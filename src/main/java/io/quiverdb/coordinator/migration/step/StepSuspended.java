package io.quiverdb.coordinator.migration.step;

/** What the step rests on does not hold for now: it is begun once more when it does. */
public final class StepSuspended extends StepStopped {
  private static final long serialVersionUID = 1L;

  StepSuspended(String message) {
    super(message);
  }
}
