// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.util.List;

/**
 * Something was seen in WARMING that invalidates the verification. It is not repaired there,
 * because only the log survives the end of a step: the migration returns to VERIFYING.
 */
public final class VerificationOwed extends StepException {
  private static final long serialVersionUID = 1L;

  /** Says what was seen, for the operator. */
  public VerificationOwed(String message) {
    super(message);
  }

  @Override
  public List<String> urls() {
    return List.of();
  }
}
