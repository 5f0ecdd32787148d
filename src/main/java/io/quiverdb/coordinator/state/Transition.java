// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static io.quiverdb.coordinator.model.MigrationKind.DRAIN;
import static io.quiverdb.coordinator.model.MigrationKind.GROW;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import java.util.List;
import java.util.Optional;

/**
 * One legal step of a migration. {@link #TABLE} lists all of them; every other step is refused
 * (docs/migration-protocol.md shows the table).
 *
 * @param kind the kind of migration
 * @param from the phase before
 * @param to the phase after
 * @param by who may request it
 * @param condition a further condition
 * @param map the change of the map
 */
record Transition(
    MigrationKind kind, Phase from, Phase to, By by, Condition condition, MapStep map) {
  /** Who may request a transition. */
  enum By {
    /** The leader of the entry's term alone. */
    LEADER("the leader"),
    /** An operator alone, by a cancel. */
    OPERATOR("an operator"),
    /** Either. */
    BOTH("the leader, an operator");

    private final String words;

    By(String words) {
      this.words = words;
    }

    boolean grants(By asking) {
      return this == BOTH || this == asking;
    }

    /** For the documentation. */
    String words() {
      return words;
    }
  }

  /** A further condition. */
  enum Condition {
    /** Nothing. */
    ALWAYS(""),
    /** The copies were verified by the leader of this very term. */
    VERIFIED_THIS_TERM("verified in the same term");

    private final String words;

    Condition(String words) {
      this.words = words;
    }

    boolean holds(Migration migration, long term) {
      return switch (this) {
        case ALWAYS -> true;
        case VERIFIED_THIS_TERM -> migration.verifiedTerm() == term;
      };
    }

    /** For the documentation. */
    String words() {
      return words;
    }
  }

  /** Every legal transition. */
  static final List<Transition> TABLE =
      List.of(
          begins(GROW, Phase.JOINING, MapStep.JOIN),
          plain(GROW, Phase.PREPARED, Phase.FAILED),
          cancelled(GROW, Phase.PREPARED),
          plain(GROW, Phase.JOINING, Phase.ADOPTING),
          back(GROW, Phase.JOINING),
          plain(GROW, Phase.ADOPTING, Phase.COPYING),
          back(GROW, Phase.ADOPTING),
          plain(GROW, Phase.COPYING, Phase.VERIFYING),
          back(GROW, Phase.COPYING),
          plain(GROW, Phase.VERIFYING, Phase.WARMING),
          back(GROW, Phase.VERIFYING),
          plain(GROW, Phase.WARMING, Phase.VERIFYING),
          flip(GROW, Phase.PROMOTED, MapStep.PROMOTE),
          back(GROW, Phase.WARMING),
          plain(GROW, Phase.PROMOTED, Phase.SETTLING),
          plain(GROW, Phase.SETTLING, Phase.DROPPING),
          plain(GROW, Phase.DROPPING, Phase.COOLING),
          plain(GROW, Phase.COOLING, Phase.DONE),
          plain(GROW, Phase.REVERTING, Phase.REVERTED),
          begins(DRAIN, Phase.LEAVING, MapStep.LEAVE),
          plain(DRAIN, Phase.PREPARED, Phase.FAILED),
          cancelled(DRAIN, Phase.PREPARED),
          plain(DRAIN, Phase.LEAVING, Phase.ADOPTING),
          back(DRAIN, Phase.LEAVING),
          plain(DRAIN, Phase.ADOPTING, Phase.COPYING),
          back(DRAIN, Phase.ADOPTING),
          plain(DRAIN, Phase.COPYING, Phase.VERIFYING),
          back(DRAIN, Phase.COPYING),
          plain(DRAIN, Phase.VERIFYING, Phase.WARMING),
          back(DRAIN, Phase.VERIFYING),
          plain(DRAIN, Phase.WARMING, Phase.VERIFYING),
          flip(DRAIN, Phase.REMOVED, MapStep.REMOVE),
          back(DRAIN, Phase.WARMING),
          plain(DRAIN, Phase.REMOVED, Phase.SETTLING),
          plain(DRAIN, Phase.SETTLING, Phase.DROPPING),
          plain(DRAIN, Phase.DROPPING, Phase.DONE),
          plain(DRAIN, Phase.REVERTING, Phase.REVERTED));

  /** The transition between two phases if it is legal for {@code asking}. */
  static Optional<Transition> find(MigrationKind kind, Phase from, Phase to, By asking) {
    return TABLE.stream()
        .filter(
            row -> row.kind == kind && row.from == from && row.to == to && row.by.grants(asking))
        .findFirst();
  }

  /**
   * Whether it leads forward. A paused migration refuses such a transition, but can be reverted.
   */
  boolean forward() {
    return to != Phase.REVERTING && to != Phase.FAILED;
  }

  private static Transition plain(MigrationKind kind, Phase from, Phase to) {
    return new Transition(kind, from, to, By.LEADER, Condition.ALWAYS, MapStep.KEEP);
  }

  private static Transition begins(MigrationKind kind, Phase to, MapStep map) {
    return new Transition(kind, Phase.PREPARED, to, By.LEADER, Condition.ALWAYS, map);
  }

  private static Transition flip(MigrationKind kind, Phase to, MapStep map) {
    return new Transition(kind, Phase.WARMING, to, By.LEADER, Condition.VERIFIED_THIS_TERM, map);
  }

  /**
   * Reverts a migration that has published nothing yet. If a shard was already leaving, clients
   * write copies to other shards, which cannot be removed while it is leaving.
   */
  private static Transition cancelled(MigrationKind kind, Phase from) {
    return new Transition(
        kind,
        from,
        Phase.REVERTING,
        By.OPERATOR,
        Condition.ALWAYS,
        kind == GROW ? MapStep.KEEP : MapStep.STAY_AFTER_ALL);
  }

  private static Transition back(MigrationKind kind, Phase from) {
    return new Transition(
        kind,
        from,
        Phase.REVERTING,
        By.BOTH,
        Condition.ALWAYS,
        kind == GROW ? MapStep.WITHDRAW : MapStep.STAY);
  }
}
