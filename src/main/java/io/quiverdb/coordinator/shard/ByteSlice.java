// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A range of bytes inside a larger array, which must not be modified. Immutable. */
final class ByteSlice {
  private final byte[] source;
  private final int from;
  private final int to;

  ByteSlice(byte[] source, int from, int to) {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  int size() {
    return to - from;
  }

  /**
   * Copies it.
   *
   * @return the position after the copy
   */
  int copyTo(byte[] target, int at) {
    System.arraycopy(source, from, target, at, size());
    return at + size();
  }

  /** The same range in a copy of the larger array that begins at {@code start}. */
  ByteSlice moved(byte[] copy, ByteSlice start) {
    return new ByteSlice(copy, from - start.from, to - start.from);
  }

  byte[] bytes() {
    return Arrays.copyOfRange(source, from, to);
  }

  /** Reads it without copying. */
  JsonParser parser() throws IOException {
    return ShardJson.MAPPER.createParser(source, from, size());
  }

  String text() {
    return new String(source, from, size(), StandardCharsets.UTF_8);
  }

  boolean sameBytes(ByteSlice other) {
    return Arrays.equals(source, from, to, other.source, other.from, other.to);
  }
}
