// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * What was begun and must be ended, the last thing first. Once closed it lets nothing new begin, so
 * that a Ctrl-C in the middle of a start leaves no more behind than one later.
 */
final class Closer implements AutoCloseable {
  private final Deque<Runnable> ends = new ArrayDeque<>();
  private boolean closed;

  /**
   * Begins something.
   *
   * @throws InterruptedException if everything is ending already
   */
  synchronized <T> T begin(Callable<T> beginning, Consumer<T> end) throws Exception {
    if (closed) {
      throw new InterruptedException("ending already");
    }
    T begun = beginning.call();
    ends.push(() -> end.accept(begun));
    return begun;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!ends.isEmpty()) {
      ends.pop().run();
    }
  }
}
