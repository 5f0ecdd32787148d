// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** How a check of the data or a backup of the cluster stands. */
public enum CheckState {
  /** The leader works on it, or the next leader will. */
  RUNNING,
  /** The end: its result is whole. */
  DONE,
  /** The end: it could not be done. */
  FAILED,
  /** The end: an operator stopped it, or the map changed. */
  STOPPED;

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
