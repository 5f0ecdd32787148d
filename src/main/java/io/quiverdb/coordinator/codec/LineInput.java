// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a file line by line, each line as its own stream: a long line is never in memory as a
 * whole. A last line without a line end is an {@link EOFException}. Not thread-safe.
 */
final class LineInput extends InputStream {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int limit;
  private boolean atLineEnd = true;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** Begins the next line; the one before must have been read to its end. */
  void nextLine() {
    if (!atLineEnd) {
      throw new IllegalStateException("the line before was not read to its end");
    }
    atLineEnd = false;
  }

  /** Whether nothing follows. */
  boolean atEnd() throws IOException {
    return next == limit && !fill();
  }

  private boolean fill() throws IOException {
    next = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (atLineEnd) {
      return -1;
    }
    if (atEnd()) {
      throw new EOFException("the file ends too early");
    }
    int most = Math.min(limit, next + length);
    int end = next;
    while (end < most && buffer[end] != '\n') {
      end++;
    }
    int count = end - next;
    System.arraycopy(buffer, next, bytes, offset, count);
    next = end;
    if (end < most) {
      next++;
      atLineEnd = true;
    }
    return count > 0 || !atLineEnd ? count : -1;
  }
}
