// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;

/**
 * Why no standby is added now.
 *
 * @param detail for the operator
 */
public record GrowthObstacle(Kind kind, String detail) {
  /** What is in the way. */
  public enum Kind {
    /** The policy wants no standby to be added by the leader. */
    MODE(true),
    /** The configuration of the leader does not allow it. */
    PERMISSION(true),
    /** No standby is left that was not tried yet. */
    NO_STANDBY(true),
    /** There are as many shards as the policy allows. */
    MAX_SHARDS(true),
    /** The last migration did not end well. */
    LAST_MIGRATION(true),
    /** The last plan stopped at a failure. */
    STOPPED_PLAN(true),
    /** A migration is active. */
    MIGRATION(false),
    /** A shard joins or leaves without a migration. */
    MEMBERSHIP(false),
    /** A plan goes on. */
    PLAN(false),
    /** A check of the data is running. */
    CHECK(false),
    /** What a check has found is being removed. */
    SWEEP(false),
    /** A backup of the cluster is being taken. */
    BACKUP(false),
    /** The last addition is too recent. */
    COOLDOWN(false),
    /** A shard did not say how many points it has. */
    UNKNOWN_POINTS(false),
    /** The numbers are too old. */
    OLD_POINTS(false),
    /** An alarm is raised. */
    ALARM(false),
    /** A router does not follow the newest map. */
    ROUTER(false),
    /** Too few looks have seen it. */
    LOOKS(false);

    private final boolean lasting;

    Kind(boolean lasting) {
      this.lasting = lasting;
    }

    /** Whether only an operator can remove it; else it may pass. */
    public boolean isLasting() {
      return lasting;
    }

    /** The stable name in answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
