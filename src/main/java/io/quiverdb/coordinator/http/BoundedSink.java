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
   * In front of another one.
   *
   * @param limit in bytes
   */
  BoundedSink(int limit, Sink next) {
    this.limit = limit;
    this.next = next;
  }

  /** What is announced to be too large need not come first. */
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
