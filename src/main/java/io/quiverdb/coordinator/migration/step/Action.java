// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

/**
 * Something to do.
 *
 * @param <E> how it may fail, besides by an interrupt
 */
@FunctionalInterface
public interface Action<E extends Exception> {
  /** Does it. */
  void run() throws E, InterruptedException;
}
