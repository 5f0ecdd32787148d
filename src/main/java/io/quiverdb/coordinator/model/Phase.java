// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * The phases of a migration (docs/migration-protocol.md); the names are part of the log and
 * snapshot format.
 *
 * <p>A grow goes PREPARED, JOINING, ADOPTING, COPYING, VERIFYING, WARMING, PROMOTED, SETTLING,
 * DROPPING, COOLING, DONE. A drain goes PREPARED, LEAVING, ADOPTING, COPYING, VERIFYING, WARMING,
 * REMOVED, SETTLING, DROPPING, DONE. Before the flip (PROMOTED, REMOVED) either may turn to
 * REVERTING, REVERTED.
 */
public enum Phase {
  /** The plan is recorded; nothing is published. */
  PREPARED,
  /** The map with the joining shard is published. */
  JOINING,
  /** The map with the leaving shard is published. */
  LEAVING,
  /** Waits until every router works with that map. */
  ADOPTING,
  /** The first round: points are copied. */
  COPYING,
  /** Later rounds: copies are compared until one round changes nothing. */
  VERIFYING,
  /** Waits until searches find the moved points. */
  WARMING,
  /** The flip of a grow: the new shard serves. */
  PROMOTED,
  /** The flip of a drain: the old shard is out of the map. */
  REMOVED,
  /** Waits until every router works with the map of the flip. */
  SETTLING,
  /** Removes the copies that are not authoritative any more. */
  DROPPING,
  /** Waits until searches on the donors no longer find the dropped points. */
  COOLING,
  /** The end. */
  DONE,
  /** The previous map is published again; copies are removed. */
  REVERTING,
  /** The end of a reverted migration. */
  REVERTED,
  /** The end of a migration that was given up before anything was published. */
  FAILED;

  /** Whether a migration in this phase is over. */
  public boolean isTerminal() {
    return this == DONE || this == REVERTED || this == FAILED;
  }
}
