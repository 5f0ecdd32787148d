// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

/** Told once that this node cannot go on; the process must end. Called on any thread. */
@FunctionalInterface
public interface FailureListener {
  /** What kind of end it is. */
  enum Cause {
    /** Storage is damaged, foreign or missing (exit code 3). */
    STORAGE,
    /** The configuration cannot work (exit code 2). */
    CONFIGURATION,
    /** This member was taken out of the ensemble (exit code 4). */
    REMOVED,
    /** Anything else (exit code 1). */
    OTHER
  }

  /**
   * The node is of no use from here on.
   *
   * @param message what happened, to what, and what to do next
   */
  void failed(Cause cause, String message);
}
