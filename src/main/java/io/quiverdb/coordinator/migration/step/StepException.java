// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.util.List;

/** Why the work of a step ended without being done; the step is repeated, or turns back. */
public abstract sealed class StepException extends Exception
    permits StepFailed, CollectionChanged, VerificationOwed {
  private static final long serialVersionUID = 1L;

  StepException(String message) {
    super(message);
  }

  /** The primaries of the shards that it is about; empty: of none in particular. */
  public abstract List<String> urls();
}
