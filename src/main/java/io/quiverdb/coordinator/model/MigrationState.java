// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** The state of a migration, for operators (docs/migration.md). */
public enum MigrationState {
  /** Continues by itself. */
  RUNNING,
  /** Stopped by an operator; before the flip, writes still go to both sides. */
  PAUSED,
  /** Waits for something external, and says for what. */
  HOLDING,
  /** Is being reverted. */
  REVERTING,
  /** Ended: all points were moved. */
  DONE,
  /** Ended: reverted. */
  REVERTED,
  /** Ended: given up before anything was published. */
  FAILED;

  /** The state of a migration that has just entered a phase. */
  public static MigrationState in(Phase phase) {
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
