// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.model.Phase;

/** Leads from a phase to the class that does its work. Not thread-safe. */
public final class Phases {
  private final PointOperations points;
  private final IndexBuildTrigger indexes;
  private final ConfirmedRouters confirmed = new ConfirmedRouters();

  /**
   * The phases of all migrations of one leadership.
   *
   * @param points what they do to points
   * @param indexes the searches that they keep open
   */
  public Phases(PointOperations points, IndexBuildTrigger indexes) {
    this.points = points;
    this.indexes = indexes;
  }

  /**
   * The work of a phase.
   *
   * @param inherited PREPARED: whether an earlier leader has planned the migration
   * @throws IllegalArgumentException if the phase has no work, only a log entry that ends it
   */
  public PhaseWork of(Phase phase, boolean inherited) {
    return switch (phase) {
      case PREPARED -> new PreparedPhase(inherited);
      case ADOPTING -> new AdoptingPhase(points);
      case COPYING -> new CopyingPhase(points, indexes);
      case VERIFYING -> new VerifyingPhase(points, indexes);
      case WARMING -> new WarmingPhase(indexes);
      case SETTLING -> new SettlingPhase(confirmed);
      case DROPPING -> new DroppingPhase(points, indexes, confirmed);
      case COOLING -> new CoolingPhase(indexes);
      case REVERTING -> new RevertingPhase(points);
      case JOINING, LEAVING, PROMOTED, REMOVED, DONE, REVERTED, FAILED ->
          throw new IllegalArgumentException(phase + " has no work");
    };
  }
}
