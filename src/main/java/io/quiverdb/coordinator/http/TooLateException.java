// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;

/** The deadline for sending a request passed before the whole request was sent. */
public final class TooLateException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean begun;

  /** A request that was not sent, or not to its end. */
  TooLateException(boolean begun) {
    super("the time in which it might be sent is over");
    this.begun = begun;
  }

  /** Whether some of it was sent. */
  public boolean begun() {
    return begun;
  }
}
