// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

/** Called once when this member cannot continue: the process must end. Called on any thread. */
@FunctionalInterface
public interface FailureListener {
  /** The cause, which sets the exit code. */
  enum Cause {
    /** Storage is damaged, missing, or belongs to another member (exit code 3). */
    STORAGE,
    /** The configuration cannot work (exit code 2). */
    CONFIGURATION,
    /** This member was removed from the ensemble (exit code 4). */
    REMOVED,
    /** Anything else (exit code 1). */
    OTHER
  }

  /**
   * This member cannot continue.
   *
   * @param message what happened, to what, and what to do next
   */
  void failed(Cause cause, String message);
}
