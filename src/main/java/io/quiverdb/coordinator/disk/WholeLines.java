// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Finds the end of the last whole line of a file that is written line by line. */
public final class WholeLines {
  private static final int BLOCK = 8 << 10;

  private WholeLines() {}

  /**
   * The number of bytes up to the last line feed, inclusive; 0 if there is none. Reads backwards,
   * so it reads about one line of a file of any size. Does not change the channel's position.
   */
  public static long length(FileChannel file) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    long end = file.size();
    while (end > 0) {
      long start = Math.max(0, end - BLOCK);
      block.clear().limit((int) (end - start));
      while (block.hasRemaining() && file.read(block, start + block.position()) >= 0) {}
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
  }
}
