// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/** Who began a migration. */
public enum MigrationOrigin {
  /** A request of an operator. */
  OPERATOR,
  /** The leader, for a step of a plan. */
  PLAN,
  /** The leader, by the growth policy. */
  AUTOSCALE;

  /** The stable name in snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
