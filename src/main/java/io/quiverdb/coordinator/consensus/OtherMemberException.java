// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.io.IOException;

/** Another process answers at a member's address, not that member of this ensemble. */
public final class OtherMemberException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Who answers, and what to correct, for the operator. */
  public OtherMemberException(String message) {
    super(message);
  }
}
