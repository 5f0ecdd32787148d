// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;

/** The other side surely got nothing of a request. */
public final class NeverSentException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why it was not sent. */
  public NeverSentException(String message) {
    super(message);
  }

  /** A request that was never sent, with the cause. */
  public NeverSentException(String message, Throwable cause) {
    super(message, cause);
  }
}
