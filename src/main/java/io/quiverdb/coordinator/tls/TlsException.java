// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.io.IOException;

/** Files cannot be used for TLS; the message names the file and says what to do. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A failure without a cause. */
  public TlsException(String message) {
    super(message);
  }
}
