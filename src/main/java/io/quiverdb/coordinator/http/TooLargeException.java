// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;

/** An answer exceeds the caller's limit. */
public final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  /** An answer of more than {@code limit} bytes. */
  public TooLargeException(int limit) {
    super("the answer is larger than " + limit + " bytes");
  }
}
