// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Keeps a body in memory, copying it once where its length was announced. Not thread-safe. */
final class Collector implements Sink {
  private static final int FIRST_BYTES = 4 << 10;

  private byte[] bytes;
  private int size;

  /**
   * Starts empty.
   *
   * @param announced the length that is to come; negative: not known
   */
  Collector(long announced) {
    this.bytes = new byte[announced < 0 ? FIRST_BYTES : (int) announced];
  }

  @Override
  public void take(ByteBuffer more) {
    int length = more.remaining();
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
    }
    more.get(bytes, size, length);
    size += length;
  }

  /** All bytes so far. */
  byte[] bytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }
}
