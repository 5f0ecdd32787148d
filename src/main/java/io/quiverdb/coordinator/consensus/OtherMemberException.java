// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.io.IOException;

/** The process at a member's address is not that member of this ensemble. */
public final class OtherMemberException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A message that tells the operator who answers and what to correct. */
  public OtherMemberException(String message) {
    super(message);
  }
}
