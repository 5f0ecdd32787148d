// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.io.IOException;

/** An answer is not a valid answer of a shard. */
public final class MalformedAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedAnswerException(String message) {
    super(message);
  }
}
