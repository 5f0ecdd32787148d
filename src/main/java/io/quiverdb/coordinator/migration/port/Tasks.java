// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.util.concurrent.Callable;

/** Starts parallel tasks. Thread-safe. */
public interface Tasks {
  /** A task that was started. */
  interface Task<T> {
    /** Waits for its end; throws what it threw. */
    T join() throws Exception;

    /** Whether it has ended. */
    boolean isDone();

    /** Interrupts it; {@link #join} still waits for its end. */
    void cancel();
  }

  /**
   * Starts work.
   *
   * @param name for its thread
   */
  <T> Task<T> start(String name, Callable<T> work);
}
