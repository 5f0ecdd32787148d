// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

/** The step's precondition does not hold for now: the step starts again when it does. */
public final class StepSuspended extends StepStopped {
  private static final long serialVersionUID = 1L;

  /** Says why, for the log file. */
  public StepSuspended(String message) {
    super(message);
  }
}
