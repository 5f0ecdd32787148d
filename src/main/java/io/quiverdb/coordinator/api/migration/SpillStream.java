// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The lines of one spill file, member after member, fetched in pieces because a file may be larger
 * than the memory. A read blocks until a piece arrives, and fails if it does not: the caller's
 * connection then breaks instead of ending normally.
 */
final class SpillStream extends InputStream {
  private final Deque<Part> parts;
  private final Pieces pieces;
  private byte[] piece = {};
  private int at;
  private long from;

  /**
   * The file of one member.
   *
   * @param bytes how many of them
   */
  record Part(String member, long bytes) {}

  /** Fetches pieces. */
  @FunctionalInterface
  interface Pieces {
    byte[] get(String member, long from) throws IOException;
  }

  SpillStream(List<Part> parts, Pieces pieces) {
    this.parts = new ArrayDeque<>(parts);
    this.pieces = pieces;
  }

  @Override
  public int read() throws IOException {
    return available() == 0 && !next() ? -1 : piece[at++] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (available() == 0 && !next()) {
      return -1;
    }
    int count = Math.min(length, available());
    System.arraycopy(piece, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return piece.length - at;
  }

  /** Fetches the next piece; false if there is none. */
  private boolean next() throws IOException {
    while (!parts.isEmpty() && parts.getFirst().bytes() <= from) {
      parts.removeFirst();
      from = 0;
    }
    if (parts.isEmpty()) {
      return false;
    }
    Part part = parts.getFirst();
    byte[] fetched = pieces.get(part.member(), from);
    if (fetched.length == 0) {
      throw new IOException("the spill file of " + part.member() + " has become shorter");
    }
    // Lines that were written meanwhile are left out: the last one may be incomplete.
    piece = Arrays.copyOf(fetched, (int) Math.min(fetched.length, part.bytes() - from));
    at = 0;
    from += piece.length;
    return true;
  }
}
