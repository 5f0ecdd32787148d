// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;

/** What a leader does next about the migrations, as {@link Planner} reads it off the state. */
sealed interface Step {
  /** There is no migration that this leader may act on. */
  record Idle() implements Step {}

  /** An operator has paused the migration. */
  record Paused(Migration migration) implements Step {}

  /**
   * One log entry, nothing else.
   *
   * @param to the phase that it brings the migration to
   * @param reason why it is given up; empty when it goes on
   */
  record Advance(Migration migration, Phase to, String reason) implements Step {}

  /**
   * The work of the migration's phase, then the log entry that says it is done.
   *
   * @param inherited whether an earlier leader has planned the migration and published nothing: its
   *     checks are repeated
   * @param next the phase that its completion brings the migration to
   */
  record Run(Migration migration, boolean inherited, Phase next) implements Step {}
}
