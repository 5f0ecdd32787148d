package io.quiverdb.coordinator.migration.step;

import java.util.List;

/**
 * Something was seen in WARMING that makes the verification worth nothing. Only the log remembers
 * what is owed whatever happens to a step, so nothing is put right there: the move goes back to
 * VERIFYING.
 */
public final class VerificationOwed extends StepException {
  private static final long serialVersionUID = 1L;

  /** What was seen, for the operator. */
  public VerificationOwed(String message) {
    super(message);
  }

  @Override
  public List<String> urls() {
    return List.of();
  }
}
