// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** The direction in which points move. */
public enum MigrationKind {
  /** Onto a new shard, which joins ({@code grow}). */
  GROW,
  /** Off a shard, which leaves ({@code drain}). */
  DRAIN;

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
