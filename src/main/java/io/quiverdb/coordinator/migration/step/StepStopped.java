// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

/**
 * The log does not want the running step any more: the migration is paused, cancelled, or in
 * another phase.
 */
public class StepStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why, for the log file. */
  public StepStopped(String message) {
    super(message);
  }
}
