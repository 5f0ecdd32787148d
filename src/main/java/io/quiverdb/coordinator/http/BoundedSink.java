// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Passes a body on, up to a bound. Not thread-safe. */
final class BoundedSink implements Sink {
  private final int limit;
  private final Sink next;
  private long size;

  /**
   * Passes the body to another sink.
   *
   * @param limit in bytes
   */
  BoundedSink(int limit, Sink next) {
    this.limit = limit;
    this.next = next;
  }

  /** Refuses a body that is announced to be too large. */
  void announce(long length) throws TooLargeException {
    if (length > limit) {
      throw new TooLargeException(limit);
    }
  }

  @Override
  public void take(ByteBuffer more) throws IOException {
    size += more.remaining();
    announce(size);
    next.take(more);
  }
}
