// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

/** A check cannot be done. */
final class CheckGivenUp extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why, for the operator. */
  CheckGivenUp(String message) {
    super(message);
  }
}
