// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.migration.Step.Advance;
import io.quiverdb.coordinator.migration.Step.Paused;
import io.quiverdb.coordinator.migration.Step.Run;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pcollections.TreePMap;

/** What comes next, for every kind, phase and state, and every leader. */
class PlannerTest {
  private static final long OWN = 7;

  /**
   * Phase: what a grow does in its own term; in a newer one; a drain in its own; in a newer one.
   */
  private static final String TABLE =
      """
      PREPARED  | run > JOINING   | check, run > JOINING | -> LEAVING      | check, run > LEAVING
      JOINING   | -> ADOPTING     | -> ADOPTING          |                 |
      LEAVING   |                 |                      | -> ADOPTING     | -> ADOPTING
      ADOPTING  | run > COPYING   | run > COPYING        | run > COPYING   | run > COPYING
      COPYING   | run > VERIFYING | run > VERIFYING      | run > VERIFYING | run > VERIFYING
      VERIFYING | run > WARMING   | run > WARMING        | run > WARMING   | run > WARMING
      WARMING   | run > PROMOTED  | -> VERIFYING         | run > REMOVED   | -> VERIFYING
      PROMOTED  | -> SETTLING     | -> SETTLING          |                 |
      REMOVED   |                 |                      | -> SETTLING     | -> SETTLING
      SETTLING  | run > DROPPING  | run > DROPPING       | run > DROPPING  | run > DROPPING
      DROPPING  | run > COOLING   | run > COOLING        | run > DONE      | run > DONE
      COOLING   | run > DONE      | run > DONE           |                 |
      REVERTING | run > REVERTED  | run > REVERTED       | run > REVERTED  | run > REVERTED
      """;

  @TestFactory
  Stream<DynamicTest> everyRow() {
    return TABLE.lines().flatMap(PlannerTest::row);
  }

  private static Stream<DynamicTest> row(String line) {
    String[] cells = line.split("\\|", -1);
    Phase phase = Phase.valueOf(cells[0].strip());
    return Stream.of(
            cell(MigrationKind.GROW, phase, OWN, cells[1]),
            cell(MigrationKind.GROW, phase, OWN + 1, cells[2]),
            cell(MigrationKind.DRAIN, phase, OWN, cells[3]),
            cell(MigrationKind.DRAIN, phase, OWN + 1, cells[4]))
        .flatMap(test -> test);
  }

  private static Stream<DynamicTest> cell(
      MigrationKind kind, Phase phase, long term, String expected) {
    if (expected.isBlank()) {
      return Stream.empty();
    }
    return Stream.of(MigrationState.RUNNING, MigrationState.HOLDING, MigrationState.PAUSED)
        .map(
            state ->
                dynamicTest(
                    kind + " " + phase + " " + state + " in term " + term,
                    () -> {
                      Step next = Planner.next(active(kind, phase, state), term);
                      boolean stays = state == MigrationState.PAUSED;
                      assertEquals(stays ? "paused" : expected.strip(), text(next));
                    }));
  }

  private static String text(Step step) {
    if (step instanceof Run run) {
      return (run.inherited() ? "check, run > " : "run > ") + run.next();
    }
    if (step instanceof Advance advance) {
      return "-> " + advance.to();
    }
    return step instanceof Paused ? "paused" : "nothing";
  }

  @Test
  void nothingWithoutAMigration() {
    assertEquals(new Step.Idle(), Planner.next(Migrations.EMPTY, OWN));
  }

  @Test
  void nothingForALeaderWhoseTermIsOver() {
    for (Phase phase : List.of(Phase.PREPARED, Phase.COPYING, Phase.DROPPING)) {
      Migrations migrations = active(MigrationKind.GROW, phase, MigrationState.RUNNING);
      assertEquals(new Step.Idle(), Planner.next(migrations, OWN - 1), phase.toString());
    }
  }

  private static Migrations active(MigrationKind kind, Phase phase, MigrationState state) {
    MigrationPlan plan = new MigrationPlan(kind, 3, "http://n:6333", List.of(), false, List.of());
    PhaseEntry entry = new PhaseEntry(phase, 10, OWN, "c1", 0);
    Migration migration =
        Migration.prepared(1, plan, entry, ShardMap.EMPTY, 0)
            .entering(entry)
            .withState(state)
            .verifiedIn(phase == Phase.WARMING ? OWN : 0);
    return new Migrations(2, Optional.of(migration), TreePMap.empty());
  }
}
