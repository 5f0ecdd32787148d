// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** What is done about shards that have too many points. */
public enum GrowthMode {
  /** Nobody looks. */
  OFF,
  /** The leader says that a shard should be added. */
  ADVICE,
  /** The leader adds a standby by itself. */
  AUTOMATIC;

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
