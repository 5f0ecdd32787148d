// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** How a sweep stands. */
public enum SweepState {
  /** The leader works on it, or the next leader will. */
  RUNNING,
  /** An operator stops it: nothing more is removed, and requests under way are waited for. */
  STOPPING,
  /** The end: it has removed all strays that it found. */
  DONE,
  /** The end: some strays may be left. */
  FAILED,
  /** The end: an operator stopped it. */
  STOPPED;

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
