// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The orders that a migration accepts, by its state (docs/rest.md has the table). */
class OperatorRulesTest {
  private final Walk walk = new Walk();

  @ParameterizedTest
  @CsvSource({
    // state, past the flip, cancel, pause, resume, retry
    "running,   false, reverting, paused, -,       -",
    "running,   true,  !,         paused, -,       -",
    "holding,   false, reverting, paused, -,       running",
    "holding,   true,  !,         paused, -,       running",
    "paused,    false, reverting, -,      running, -",
    "paused,    true,  !,         -,      running, -",
    "reverting, false, -,         -,      -,       -",
    "revert_holds, false, -,      -,      -,       reverting",
    "done,      true,  -,         -,      -,       -",
    "reverted,  false, -,         -,      -,       -",
    "failed,    false, -,         -,      -,       -",
  })
  void eachStateTakesWhatTheTableSays(
      String state, boolean past, String cancel, String pause, String resume, String retry) {
    check(state, past, new Command.CancelMigration(1, false), cancel);
    check(state, past, new Command.PauseMigration(1), pause);
    check(state, past, new Command.ResumeMigration(1), resume);
    Walk fresh = in(state, past);
    Migration migration = fresh.state.migrations().find(1).orElseThrow();
    check(
        fresh,
        state,
        new Command.RetryMigration(
            1, OptionalLong.empty(), migration.waitingOn().map(WaitingOn::id)),
        retry);
  }

  private static void check(String state, boolean past, Command order, String expected) {
    check(in(state, past), state, order, expected);
  }

  private static void check(Walk fresh, String state, Command order, String expected) {
    String where = state + " " + order;
    switch (expected) {
      case "-" -> assertEquals(Refusal.WRONG_PHASE, fresh.refusal(order), where);
      case "!" -> assertEquals(Refusal.POINT_OF_NO_RETURN, fresh.refusal(order), where);
      default -> {
        fresh.accepted(order);
        assertEquals(expected, fresh.migration().state().wireName(), where);
      }
    }
  }

  private static Walk in(String state, boolean past) {
    Walk walk = new Walk();
    walk.start(MigrationKind.GROW);
    if (state.equals("failed")) {
      walk.accepted(walk.advance(Phase.PREPARED, Phase.FAILED));
      return walk;
    }
    walk.to(past ? Phase.DROPPING : Phase.COPYING);
    switch (state) {
      case "holding" -> walk.accepted(walk.hold("s1"));
      case "paused" -> walk.accepted(new Command.PauseMigration(1));
      case "reverting" -> walk.accepted(walk.cancel());
      case "revert_holds" -> {
        walk.accepted(walk.cancel());
        walk.accepted(walk.hold("s1"));
      }
      case "reverted" -> {
        walk.accepted(walk.cancel());
        walk.accepted(new Command.RevertDone(1, 7));
      }
      case "done" -> walk.to(Phase.DONE);
      default -> {}
    }
    return walk;
  }

  @Test
  void ordersAboutAMigrationThatNobodyKnowsAreRefused() {
    for (Command order :
        List.of(
            new Command.CancelMigration(1, false),
            new Command.PauseMigration(1),
            new Command.ResumeMigration(-1),
            new Command.ThrottleMigration(1, 1),
            new Command.RetryMigration(0, OptionalLong.of(1), Optional.empty()))) {
      assertEquals(Refusal.UNKNOWN_MIGRATION, walk.refusal(order));
    }
  }

  @TestFactory
  Stream<DynamicTest> aCancelIsTakenUpToTheFlipAndNotAfterIt() {
    List<DynamicTest> tests = new ArrayList<>();
    for (MigrationKind kind : MigrationKind.values()) {
      List<Phase> path = kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN;
      for (Phase phase : path.subList(0, path.size() - 1)) {
        boolean before = path.indexOf(phase) <= path.indexOf(Phase.WARMING);
        tests.add(dynamicTest(kind + " " + phase, () -> checkCancel(kind, phase, before)));
      }
    }
    return tests.stream();
  }

  private static void checkCancel(MigrationKind kind, Phase phase, boolean before) {
    Walk fresh = new Walk();
    fresh.start(kind);
    fresh.to(phase);
    if (!before) {
      assertEquals(Refusal.POINT_OF_NO_RETURN, fresh.refusal(fresh.cancel()));
      return;
    }
    // An operator's order is of no term.
    fresh.term = 9;
    fresh.accepted(fresh.cancel());
    assertEquals(Phase.REVERTING, fresh.migration().phase());
    assertEquals(Optional.of("cancelled by ops"), fresh.migration().error());
    assertEquals(List.of(0L, 1L, 2L), fresh.state.map().shards().stream().map(Shard::id).toList());
    assertEquals(List.of(), fresh.state.map().joining());
    assertEquals(List.of(), fresh.state.map().leaving());
    assertEquals(phase == Phase.PREPARED ? 0 : 2, fresh.state.map().version());
    assertEquals(
        phase == Phase.PREPARED ? OptionalLong.empty() : OptionalLong.of(2),
        fresh.migration().versionAfter());
  }

  @Test
  void aCancelThatComesFirstWinsOverTheFlip() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    Command flip = walk.advance(Phase.WARMING, Phase.PROMOTED);
    walk.accepted(walk.cancel());
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(flip));
  }

  @Test
  void copiesThatAreKeptAreNamedAndMayBeKeptLateIfNeedBe() {
    walk.start(MigrationKind.GROW);
    Command keep = new Command.CancelMigration(1, true);
    Walk unpublished = new Walk();
    unpublished.start(MigrationKind.GROW);
    unpublished.accepted(keep);
    assertEquals(List.of(), unpublished.migration().leftDirty(), "nobody knows the new shard");
    walk.to(Phase.COPYING);
    walk.accepted(walk.cancel());
    assertEquals(List.of(), walk.migration().leftDirty());
    walk.accepted(keep);
    assertTrue(walk.migration().keepCopies());
    assertEquals(List.of(walk.migration().plan().url()), walk.migration().leftDirty());
    walk.accepted(new Command.RevertDone(1, 7));

    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    walk.accepted(walk.cancel());
    assertFalse(walk.migration().keepCopies());
    walk.accepted(walk.hold("http://s1:6333 does not answer"));
    long version = walk.state.map().version();
    walk.accepted(new Command.CancelMigration(2, true));
    assertTrue(walk.migration().keepCopies());
    assertFalse(walk.migration().holds());
    assertEquals(Walk.urls("0.2"), walk.migration().leftDirty());
    assertEquals(version, walk.state.map().version());
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(new Command.CancelMigration(2, true)));
    walk.accepted(new Command.RevertDone(2, 7));

    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    walk.accepted(new Command.CancelMigration(3, true));
    assertTrue(walk.migration().keepCopies());
    assertEquals(Walk.urls("0.2"), walk.migration().leftDirty());
  }

  @Test
  void aPausedMigrationStaysPausedWhateverTheLeaderStillReports() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    walk.accepted(new Command.PauseMigration(1));
    assertEquals("operator", walk.migration().waitingOn().orElseThrow().what());
    walk.accepted(walk.progress(42, Optional.empty()));
    assertEquals(42, walk.migration().progress().pointsDone());
    assertEquals(MigrationState.PAUSED, walk.migration().state());
    assertTrue(walk.migration().waitingOn().isPresent());
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.hold("s1")));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.advance(Phase.COPYING, Phase.VERIFYING)));
    assertEquals(1, walk.state.map().version(), "writes still go to both sides");
    walk.accepted(new Command.ResumeMigration(1));
    assertTrue(walk.migration().waitingOn().isEmpty());
    walk.accepted(walk.advance(Phase.COPYING, Phase.VERIFYING));
  }

  @Test
  void aPausedMigrationIsTakenBackByItsLeaderWhenItMust() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    walk.accepted(new Command.PauseMigration(1));
    walk.accepted(walk.advance(Phase.COPYING, Phase.REVERTING));
    assertEquals(MigrationState.REVERTING, walk.migration().state());
  }

  @Test
  void aPausedFlipIsRefused() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    walk.accepted(new Command.PauseMigration(1));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.advance(Phase.WARMING, Phase.PROMOTED)));
    walk.accepted(new Command.ResumeMigration(1));
    assertEquals(
        Refusal.WRONG_PHASE,
        walk.refusal(walk.advance(Phase.WARMING, Phase.PROMOTED)),
        "nobody watched the routers meanwhile: the copies are to be verified again");
    walk.accepted(walk.advance(Phase.WARMING, Phase.VERIFYING));
    walk.to(Phase.COOLING);
    walk.accepted(new Command.PauseMigration(1));
    assertEquals(
        Refusal.WRONG_PHASE, walk.refusal(new Command.FinishMigration(1, Phase.COOLING, 7)));
  }

  @Test
  void theThrottleChangesInEveryStateOfAnActiveMigration() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    walk.accepted(new Command.ThrottleMigration(1, 5000));
    assertEquals(5000, walk.migration().throttlePointsPerSecond());
    assertEquals(
        Refusal.LIMIT_REACHED, walk.refusal(new Command.ThrottleMigration(1, Long.MIN_VALUE)));
    walk.accepted(new Command.PauseMigration(1));
    walk.accepted(new Command.ThrottleMigration(1, 0));
    assertEquals(MigrationState.PAUSED, walk.migration().state());
    walk.accepted(walk.cancel());
    walk.accepted(new Command.ThrottleMigration(1, 7));
    walk.accepted(new Command.RevertDone(1, 7));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(new Command.ThrottleMigration(1, 7)));
  }

  @DisplayName("a drain that took over a leaving shard puts it back whenever it is cancelled")
  @Test
  void aDrainThatTookOverALeavingShardPutsItBack() {
    for (Phase phase : List.of(Phase.PREPARED, Phase.LEAVING, Phase.COPYING)) {
      Walk fresh = new Walk();
      fresh.accepted(Walk.leaving(fresh.state, 1));
      fresh.start(MigrationKind.DRAIN);
      fresh.to(phase);
      long version = fresh.state.map().version();
      fresh.accepted(fresh.cancel());
      assertEquals(List.of(), fresh.state.map().leaving(), phase + ": or clients write copies on");
      assertEquals(version + 1, fresh.state.map().version());
      assertEquals(OptionalLong.of(version + 1), fresh.migration().versionAfter());
      assertEquals(List.of(), fresh.migration().leftDirty());
      fresh.accepted(new Command.CancelMigration(1, true));
      assertEquals(
          Walk.urls("0.2"), fresh.migration().leftDirty(), phase + ": clients wrote copies before");
      assertEquals(
          List.of(0L, 1L, 2L), fresh.state.map().shards().stream().map(Shard::id).toList());
    }
  }
}
