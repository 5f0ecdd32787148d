// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.Step.Advance;
import io.quiverdb.coordinator.migration.Step.Idle;
import io.quiverdb.coordinator.migration.Step.Paused;
import io.quiverdb.coordinator.migration.Step.Run;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Phase;

/**
 * Pure function from the state to the next step. Resuming after another leader needs only two
 * special rows.
 */
final class Planner {
  private Planner() {}

  /**
   * The next step.
   *
   * @param term the term of the leader that asks
   */
  static Step next(Migrations migrations, long term) {
    return migrations.active().map(migration -> next(migration, term)).orElseGet(Idle::new);
  }

  private static Step next(Migration migration, long term) {
    long author = migration.lastStep().term();
    if (author > term) {
      return new Idle();
    }
    if (migration.state() == MigrationState.PAUSED) {
      return new Paused(migration);
    }
    boolean grows = migration.plan().grows();
    return switch (migration.phase()) {
      case PREPARED ->
          author < term
              ? new Run(migration, true, grows ? Phase.JOINING : Phase.LEAVING)
              : grows ? run(migration, Phase.JOINING) : advance(migration, Phase.LEAVING);
      case JOINING, LEAVING -> advance(migration, Phase.ADOPTING);
      case ADOPTING -> run(migration, Phase.COPYING);
      case COPYING -> run(migration, Phase.VERIFYING);
      case VERIFYING -> run(migration, Phase.WARMING);
      case WARMING ->
          // Copies that an earlier leader verified may have been overwritten by its last requests.
          migration.verifiedTerm() == term
              ? run(migration, grows ? Phase.PROMOTED : Phase.REMOVED)
              : advance(migration, Phase.VERIFYING);
      case PROMOTED, REMOVED -> advance(migration, Phase.SETTLING);
      case SETTLING -> run(migration, Phase.DROPPING);
      case DROPPING -> run(migration, grows ? Phase.COOLING : Phase.DONE);
      case COOLING -> run(migration, Phase.DONE);
      case REVERTING -> run(migration, Phase.REVERTED);
      case DONE, REVERTED, FAILED -> new Idle();
    };
  }

  private static Step run(Migration migration, Phase next) {
    return new Run(migration, false, next);
  }

  private static Step advance(Migration migration, Phase to) {
    return new Advance(migration, to, "");
  }
}
