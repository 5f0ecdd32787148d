package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.Step.Enter;
import io.quiverdb.coordinator.migration.Step.Nothing;
import io.quiverdb.coordinator.migration.Step.Paused;
import io.quiverdb.coordinator.migration.Step.Perform;
import io.quiverdb.coordinator.migration.Step.Work;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Phase;

/** Pure: what comes next. Going on after another leader is no special case but for two rows. */
final class Planner {
  private Planner() {}

  /**
   * The next step.
   *
   * @param term the term of the leader that asks
   */
  static Step next(Migrations migrations, long term) {
    return migrations.active().map(migration -> next(migration, term)).orElseGet(Nothing::new);
  }

  private static Step next(Migration migration, long term) {
    long author = migration.lastStep().term();
    if (author > term) {
      return new Nothing();
    }
    if (migration.state() == MigrationState.PAUSED) {
      return new Paused(migration);
    }
    boolean grow = migration.plan().kind() == MigrationKind.GROW;
    return switch (migration.phase()) {
      case PREPARED ->
          author < term
              ? new Perform(migration, Work.CHECK_AGAIN, grow ? Phase.JOINING : Phase.LEAVING)
              : grow
                  ? new Perform(migration, Work.CREATE_COLLECTIONS, Phase.JOINING)
                  : new Enter(migration, Phase.LEAVING, "");
      case JOINING, LEAVING -> new Enter(migration, Phase.ADOPTING, "");
      case ADOPTING -> new Perform(migration, Work.ADOPT, Phase.COPYING);
      case COPYING -> new Perform(migration, Work.COPY, Phase.VERIFYING);
      case VERIFYING -> new Perform(migration, Work.VERIFY, Phase.WARMING);
      case WARMING ->
          // Copies that an earlier leader verified may have been overwritten by its last requests.
          migration.verifiedTerm() == term
              ? new Perform(migration, Work.WARM, grow ? Phase.PROMOTED : Phase.REMOVED)
              : new Enter(migration, Phase.VERIFYING, "");
      case PROMOTED, REMOVED -> new Enter(migration, Phase.SETTLING, "");
      case SETTLING -> new Perform(migration, Work.SETTLE, Phase.DROPPING);
      case DROPPING -> new Perform(migration, Work.DROP, grow ? Phase.COOLING : Phase.DONE);
      case COOLING -> new Perform(migration, Work.COOL, Phase.DONE);
      case REVERTING -> new Perform(migration, Work.REVERT, Phase.REVERTED);
      case DONE, REVERTED, FAILED -> new Nothing();
    };
  }
}
