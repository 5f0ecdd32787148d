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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The entries that the leader may log about a migration, and the effect of each step on the map.
 */
class LeaderRulesTest {
  private final Walk walk = new Walk();

  @Test
  void aGrowChangesTheMapTwiceAndEndsInFront() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.JOINING);
    assertEquals(List.of(0L, 1L, 2L, 3L), ids());
    assertEquals(List.of(3L), walk.state.map().joining());
    assertEquals(1, walk.state.map().version());
    walk.to(Phase.WARMING);
    assertEquals(1, walk.state.map().version());
    walk.to(Phase.PROMOTED);
    assertEquals(List.of(3L, 0L, 1L, 2L), ids());
    assertEquals(List.of(), walk.state.map().joining());
    walk.to(Phase.DONE);
    assertEquals(2, walk.state.map().version());
    Migration done = walk.ended(1);
    assertEquals(MigrationState.DONE, done.state());
    assertEquals(OptionalLong.of(1), done.versionDuring());
    assertEquals(OptionalLong.of(2), done.versionAfter());
    assertEquals(OptionalLong.of(walk.now), done.finishedMillis());
    assertEquals(Optional.of("because"), done.error(), "kept from the end of COOLING alone");
    assertEquals(Walk.GROW, done.steps().stream().map(step -> step.phase()).toList());
    assertTrue(walk.state.migrations().active().isEmpty());
  }

  @Test
  void aDrainChangesTheMapTwiceAndTakesTheShardOut() {
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.LEAVING);
    assertEquals(List.of(1L, 0L, 2L), ids());
    assertEquals(List.of(1L), walk.state.map().leaving());
    assertEquals(1, walk.state.map().version());
    walk.to(Phase.REMOVED);
    assertEquals(List.of(0L, 2L), ids());
    assertEquals(2, walk.state.map().version());
    walk.to(Phase.DONE);
    assertEquals(List.of(), walk.state.map().leaving());
    assertEquals(2, walk.state.map().version());
    assertEquals(Walk.DRAIN, walk.ended(1).steps().stream().map(step -> step.phase()).toList());
  }

  private List<Long> ids() {
    return walk.state.map().shards().stream().map(Shard::id).toList();
  }

  /** From every phase to every phase, for either kind: taken if and only if it is the law. */
  @TestFactory
  Stream<DynamicTest> onlyLegalStepsAreTaken() {
    List<DynamicTest> tests = new ArrayList<>();
    for (MigrationKind kind : MigrationKind.values()) {
      List<Phase> path = kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN;
      for (Phase from :
          EnumSet.complementOf(EnumSet.of(Phase.DONE, Phase.REVERTED, Phase.FAILED))) {
        if (path.contains(from) || from == Phase.REVERTING) {
          tests.add(dynamicTest(kind + " " + from, () -> checkAll(kind, from)));
        }
      }
    }
    return tests.stream();
  }

  private static void checkAll(MigrationKind kind, Phase from) {
    for (Phase to : Phase.values()) {
      Walk fresh = new Walk();
      fresh.start(kind);
      if (from == Phase.REVERTING) {
        fresh.to(Phase.COPYING);
        fresh.accepted(fresh.cancel());
      } else {
        fresh.to(from);
      }
      if (lawful(kind, from, to)) {
        fresh.accepted(fresh.advance(from, to));
      } else {
        assertEquals(Refusal.WRONG_PHASE, fresh.refusal(fresh.advance(from, to)), from + " " + to);
      }
    }
  }

  private static boolean lawful(MigrationKind kind, Phase from, Phase to) {
    List<Phase> path = kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN;
    boolean published =
        path.indexOf(from) >= 1 && path.indexOf(from) <= path.indexOf(Phase.WARMING);
    return (path.contains(to)
            && path.indexOf(from) >= 0
            && path.indexOf(to) == path.indexOf(from) + 1)
        || (published && to == Phase.REVERTING)
        || (from == Phase.PREPARED && to == Phase.FAILED)
        || (from == Phase.WARMING && to == Phase.VERIFYING)
        || (from == Phase.REVERTING && to == Phase.REVERTED);
  }

  @Test
  void everyEntryOfAnotherTermIsRefused() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    List<Command> stale = leadersCommands(walk.term);
    walk.term = 8;
    for (Command command : stale) {
      assertEquals(Refusal.STALE_TERM, walk.refusal(command), command.toString());
    }
    walk.term = 6;
    for (Command command : stale) {
      assertEquals(Refusal.STALE_TERM, walk.refusal(command), command.toString());
    }
  }

  @Test
  void everyEntryThatExpectsAnotherPhaseOrMigrationIsRefused() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    List<Command> late = leadersCommands(walk.term);
    walk.to(Phase.SETTLING);
    for (Command command : late) {
      assertEquals(Refusal.WRONG_PHASE, walk.refusal(command), command.toString());
    }
    walk.to(Phase.DONE);
    for (Command command : late) {
      assertEquals(Refusal.WRONG_PHASE, walk.refusal(command), command.toString());
    }
    walk.accepted(walk.start(Walk.grow("http://s4:1")));
    for (Command command : late) {
      assertEquals(Refusal.WRONG_PHASE, walk.refusal(command), command.toString());
    }
    assertEquals(Refusal.UNKNOWN_MIGRATION, walk.refusal(new Command.RevertDone(77, 7)));
    assertEquals(Refusal.UNKNOWN_MIGRATION, walk.refusal(new Command.RevertDone(-1, 7)));
  }

  private List<Command> leadersCommands(long term) {
    long id = walk.migration().id();
    Phase phase = walk.migration().phase();
    return List.of(
        new Command.AdvanceMigration(id, phase, Phase.PROMOTED, "", term),
        new Command.AdvanceMigration(id, phase, Phase.REVERTING, "", term),
        walk.progress(3, Optional.empty()),
        walk.hold("r1"),
        new Command.FinishMigration(id, phase, term),
        new Command.RevertDone(id, term));
  }

  @ParameterizedTest
  @EnumSource(MigrationKind.class)
  void nobodyFlipsOnCopiesThatALeaderBeforeHimVerified(MigrationKind kind) {
    Phase flip = kind == MigrationKind.GROW ? Phase.PROMOTED : Phase.REMOVED;
    walk.start(kind);
    walk.to(Phase.WARMING);
    assertEquals(7, walk.migration().verifiedTerm());
    walk.term = 8;
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(walk.advance(Phase.WARMING, flip)));
    walk.accepted(walk.advance(Phase.WARMING, Phase.VERIFYING));
    assertEquals(0, walk.migration().verifiedTerm());
    walk.term = 9;
    walk.accepted(walk.advance(Phase.VERIFYING, Phase.WARMING));
    walk.accepted(walk.advance(Phase.WARMING, flip));
  }

  @ParameterizedTest
  @EnumSource(MigrationKind.class)
  void aPlanOfALeaderBeforeIsPublishedOrAbandoned(MigrationKind kind) {
    walk.start(kind);
    walk.term = 8;
    Walk other = new Walk();
    other.start(kind);
    other.term = 8;
    other.accepted(
        other.advance(Phase.PREPARED, kind == MigrationKind.GROW ? Phase.JOINING : Phase.LEAVING));
    assertEquals(1, other.state.map().version());
    walk.accepted(walk.advance(Phase.PREPARED, Phase.FAILED));
    assertEquals(MigrationState.FAILED, walk.ended(1).state());
    assertEquals(Optional.of("because"), walk.ended(1).error());
    assertEquals(0, walk.state.map().version());
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"JOINING", "ADOPTING", "COPYING", "VERIFYING", "WARMING"})
  void aGrowIsTakenBackInOneVersion(Phase phase) {
    walk.start(MigrationKind.GROW);
    walk.to(phase);
    walk.accepted(walk.advance(phase, Phase.REVERTING));
    assertEquals(List.of(0L, 1L, 2L), ids());
    assertEquals(List.of(), walk.state.map().joining());
    assertEquals(2, walk.state.map().version());
    assertEquals(OptionalLong.of(2), walk.migration().versionAfter());
    assertEquals(MigrationState.REVERTING, walk.migration().state());
    assertEquals(Optional.of("because"), walk.migration().error());
    walk.accepted(new Command.RevertDone(1, 7));
    assertEquals(MigrationState.REVERTED, walk.ended(1).state());
    assertEquals(Optional.of("because"), walk.ended(1).error());
    assertEquals(2, walk.state.map().version());
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"LEAVING", "ADOPTING", "COPYING", "VERIFYING", "WARMING"})
  void aDrainIsTakenBackToItsPlaceInOneVersion(Phase phase) {
    walk.start(MigrationKind.DRAIN);
    walk.to(phase);
    walk.accepted(walk.advance(phase, Phase.REVERTING));
    assertEquals(List.of(0L, 1L, 2L), ids());
    assertEquals(List.of(), walk.state.map().leaving());
    assertEquals(2, walk.state.map().version());
  }

  @Test
  void theFlipIsRefusedWholeWhenTheMapRefusesIt() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    walk.state = walk.state.withMap(walk.state.map().withVersion(-1L));
    assertEquals(
        Refusal.COUNTER_EXHAUSTED, walk.refusal(walk.advance(Phase.WARMING, Phase.PROMOTED)));
    assertEquals(Phase.WARMING, walk.migration().phase());
  }

  @Test
  void aGrowFinishesFromCoolingAndADrainFromDropping() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.DROPPING);
    assertEquals(
        Refusal.WRONG_PHASE, walk.refusal(new Command.FinishMigration(1, Phase.DROPPING, 7)));
    walk.to(Phase.COOLING);
    walk.accepted(new Command.FinishMigration(1, Phase.COOLING, 7));
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.SETTLING);
    assertEquals(
        Refusal.WRONG_PHASE, walk.refusal(new Command.FinishMigration(2, Phase.SETTLING, 7)));
    walk.to(Phase.DROPPING);
    walk.accepted(new Command.FinishMigration(2, Phase.DROPPING, 7));
    assertEquals(MigrationState.DONE, walk.ended(2).state());
  }

  @Test
  void aMigrationOnItsWayBackHoldsWithoutChangingItsState() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.ADOPTING);
    walk.accepted(walk.cancel());
    assertFalse(walk.migration().holds());
    walk.accepted(walk.hold("http://s3:6333 does not answer"));
    assertEquals(MigrationState.REVERTING, walk.migration().state());
    assertTrue(walk.migration().holds());
    walk.accepted(walk.progress(0, Optional.empty()));
    assertEquals(MigrationState.REVERTING, walk.migration().state());
    assertFalse(walk.migration().holds());
  }

  @Test
  void stepsAndTextsStayBounded() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.WARMING);
    for (int i = 0; i < Migration.MAX_STEPS; i++) {
      walk.term++;
      walk.accepted(walk.advance(Phase.WARMING, Phase.VERIFYING));
      walk.accepted(walk.advance(Phase.VERIFYING, Phase.WARMING));
    }
    assertEquals(Migration.MAX_STEPS, walk.migration().steps().size());
    assertEquals(Phase.PREPARED, walk.migration().steps().get(0).phase());
    assertEquals(walk.term, walk.migration().lastStep().term());
    String endless = "x".repeat(10_000);
    walk.accepted(
        new Command.HoldMigration(
            1, Phase.WARMING, new WaitingOn(endless, endless, 0, 0, 0), walk.term));
    assertEquals(WaitingOn.MAX_WHAT, walk.migration().waitingOn().orElseThrow().what().length());
    assertEquals(
        WaitingOn.MAX_DETAIL, walk.migration().waitingOn().orElseThrow().detail().length());
    walk.accepted(
        new Command.AdvanceMigration(1, Phase.WARMING, Phase.REVERTING, endless, walk.term));
    assertEquals(Migration.MAX_ERROR, walk.migration().error().orElseThrow().length());
  }

  @Test
  void theHistorySaysWhatWasStepped() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.JOINING);
    walk.accepted(walk.hold("r1 has gone"));
    walk.accepted(walk.advance(Phase.JOINING, Phase.REVERTING));
    walk.accepted(new Command.RevertDone(1, 7));
    walk.start(MigrationKind.DRAIN);
    assertEquals(
        List.of(
            "start_migration grow http://s3:6333",
            "advance_migration 1 PREPARED to JOINING: because",
            "hold_migration 1 JOINING: router: r1 has gone",
            "advance_migration 1 JOINING to REVERTING: because",
            "revert_done 1",
            "start_migration drain 1"),
        walk.state.history().since(0).stream().map(line -> line.command()).toList());
    assertEquals("accepted: migration 1", walk.state.history().since(0).get(0).outcome());
  }
}
