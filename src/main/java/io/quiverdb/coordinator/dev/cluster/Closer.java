// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Closes resources in reverse order. After it was closed it opens nothing more, so that a Ctrl-C
 * during the start leaves nothing behind.
 */
final class Closer implements AutoCloseable {
  private final Deque<Runnable> ends = new ArrayDeque<>();
  private boolean closed;

  /**
   * Opens a resource.
   *
   * @throws InterruptedException if it was closed already
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
