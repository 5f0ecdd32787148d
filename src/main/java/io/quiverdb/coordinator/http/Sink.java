// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the body of an answer as it comes in. Called by one thread at a time. */
public interface Sink {
  /**
   * The next bytes, to be used up before it returns.
   *
   * @throws IOException to end the exchange with this failure
   */
  void take(ByteBuffer more) throws IOException;
}
