// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Runner;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;
import java.util.function.Function;

/**
 * An entry while the rules decide it.
 *
 * @param state the state before it
 * @param entry its place in the log
 * @param stamp who proposed it
 */
record EntryContext(ClusterState state, EntryId entry, Stamp stamp) {
  /** Applies {@code rule} to the active migration, if it has this id. */
  Applied onActive(long id, Function<Migration, Applied> rule) {
    Optional<Migration> found = state.migrations().find(id);
    if (found.isEmpty()) {
      return rejected(Refusal.UNKNOWN_MIGRATION, "no migration has id " + Unsigned.text(id));
    }
    return found.get().phase().isTerminal()
        ? rejected(
            Refusal.WRONG_PHASE,
            "migration " + Unsigned.text(id) + " has ended: " + found.get().state().wireName())
        : rule.apply(found.get());
  }

  /** Applies {@code rule} to the active migration, if it is in the phase of this step. */
  Applied onStep(StepCommand step, Function<Migration, Applied> rule) {
    return onActive(
        step.migrationId(),
        migration ->
            migration.phase() == step.phase()
                ? rule.apply(migration)
                : wrongPhase(migration, "the entry expects " + step.phase()));
  }

  PhaseEntry step(Phase phase) {
    return new PhaseEntry(phase, entry.index(), entry.term(), stamp.node(), stamp.epochMillis());
  }

  Runner runner() {
    return new Runner(stamp.node(), entry.term());
  }

  Applied changed(Migration migration) {
    return Rules.accepted(
        state.withMigrations(state.migrations().changed(migration.at(stamp.epochMillis()))),
        new MigrationResult(migration.id()));
  }

  /** This context with another state. */
  EntryContext from(ClusterState other) {
    return new EntryContext(other, entry, stamp);
  }

  Applied wrongPhase(Migration migration, String why) {
    return rejected(Refusal.WRONG_PHASE, named(migration) + "; " + why);
  }

  /** A refusal because this migration is active. */
  Applied blockedBy(Migration active) {
    return rejected(
        Refusal.MIGRATION_ACTIVE,
        named(active) + "; wait for its end" + (active.reversible() ? ", or cancel it" : ""));
  }

  Applied rejected(Refusal refusal, String detail) {
    return Rules.rejected(state, refusal, detail);
  }

  /** Such as {@code migration 3 (grow of shard 4) is running, in phase COPYING}. */
  static String named(Migration migration) {
    return "migration "
        + Unsigned.text(migration.id())
        + " ("
        + migration.plan().kind().wireName()
        + " of shard "
        + Unsigned.text(migration.plan().shardId())
        + ") is "
        + migration.state().wireName()
        + ", in phase "
        + migration.phase();
  }
}
