// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

/**
 * Something to ask for.
 *
 * @param <T> the answer
 * @param <E> how it may fail, besides by an interrupt
 */
@FunctionalInterface
public interface Query<T, E extends Exception> {
  /** Asks. */
  T ask() throws E, InterruptedException;
}
