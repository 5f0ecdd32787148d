// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** How a migration stands, for operators (docs/migration.md). */
public enum MigrationState {
  /** Goes on by itself. */
  RUNNING,
  /** Stopped by an operator; before the flip, writes still go to both sides. */
  PAUSED,
  /** Waits for something outside, and says for what. */
  HOLDING,
  /** On its way back. */
  REVERTING,
  /** The end: moved. */
  DONE,
  /** The end: taken back. */
  REVERTED,
  /** The end: refused before anything was published. */
  FAILED;

  /** How a migration stands that has just come into a phase. */
  static MigrationState in(Phase phase) {
    return switch (phase) {
      case REVERTING -> REVERTING;
      case REVERTED -> REVERTED;
      case DONE -> DONE;
      case FAILED -> FAILED;
      default -> RUNNING;
    };
  }

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
