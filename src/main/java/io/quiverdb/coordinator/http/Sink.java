// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the body of an answer while it arrives. Called by one thread at a time. */
public interface Sink {
  /**
   * Receives the next bytes; must not keep the buffer.
   *
   * @throws IOException to end the exchange with this failure
   */
  void take(ByteBuffer more) throws IOException;
}
