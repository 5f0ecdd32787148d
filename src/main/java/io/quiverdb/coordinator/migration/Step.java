package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;

/** What a leader does next about the moves, as {@link Planner} reads it off the state. */
sealed interface Step {
  /** There is no move that this leader may act on. */
  record Nothing() implements Step {}

  /** The move was stopped by an operator. */
  record Paused(Migration migration) implements Step {}

  /**
   * One log entry, nothing else.
   *
   * @param to the phase that it brings the move to
   * @param reason why it is given up; empty when it goes on
   */
  record Enter(Migration migration, Phase to, String reason) implements Step {}

  /**
   * Work outside, then the log entry that says it is done.
   *
   * @param work what is to be done; doing it twice does no harm
   * @param then the phase that its completion brings the move to
   */
  record Perform(Migration migration, Work work, Phase then) implements Step {}

  /** The kinds of work. */
  enum Work {
    /** Makes the checks of another leader once more, then what {@link #CREATE_COLLECTIONS} does. */
    CHECK_AGAIN,
    /** Makes the donors' collections on the joining shard. */
    CREATE_COLLECTIONS,
    /** Waits until every router works with the joining or leaving map. */
    ADOPT,
    /** The first round of the reconciliation. */
    COPY,
    /** The rounds after it, until one changes nothing. */
    VERIFY,
    /** Waits until searches find what was moved; then the last checks before the flip. */
    WARM,
    /** Waits until every router works with the map of the flip. */
    SETTLE,
    /** Removes the copies that are not the truth any more. */
    DROP,
    /** Waits until searches on the donors have forgotten what was dropped. */
    COOL,
    /** Waits until no router writes copies any more, then removes them. */
    REVERT
  }
}
