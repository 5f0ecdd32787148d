// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Runner;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The reports of a leader about a migration: progress, holds, and what an ended migration keeps of
 * them.
 */
class ReportProgressTest {
  private final Walk walk = new Walk();

  @Test
  void reportsAreMergedAndKeptOutOfTheHistory() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    int lines = walk.state.history().entries().size();
    walk.accepted(walk.progress(10, Optional.empty()));
    walk.term = 9;
    walk.node = "c2";
    walk.accepted(walk.progress(20, Optional.empty()));
    MigrationProgress other =
        new MigrationProgress(
            200, 25, 1, 2, 1, List.of(new MigrationPart("more", 1, 3, 100, 5, 6, "q", true)));
    walk.accepted(new Command.ReportProgress(1, Phase.COPYING, other, Optional.empty(), walk.term));
    assertEquals(lines, walk.state.history().entries().size());
    MigrationProgress progress = walk.migration().progress();
    assertEquals(25, progress.pointsDone());
    assertEquals(
        List.of(20L, 5L), progress.parts().stream().map(MigrationPart::pointsDone).toList());
    assertEquals(new Runner("c2", 9), walk.migration().runner());
    assertEquals(7, walk.migration().lastStep().term());
    assertEquals(walk.now, walk.migration().updatedMillis());
  }

  /** What the log cannot keep must not hide from it what can be seen. */
  @Test
  void whatGoesBeyondTheBoundsIsLeftAsItWas() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    MigrationPart small = new MigrationPart("c", 0, 3, 9, 1, 1, "an id", false);
    report(new MigrationProgress(9, 1, 1, 1, 1, List.of(small)));
    MigrationPart huge =
        new MigrationPart("c", 0, 3, 9, 2, 2, "x".repeat(MigrationProgress.MAX_TEXT), false);
    MigrationPart other = new MigrationPart("d", 0, 3, 9, 2, 2, "y", false);
    report(new MigrationProgress(9, 4, 1, 1, 1, List.of(huge, other)));
    assertEquals(List.of(small, other), walk.migration().progress().parts());
    assertEquals(4, walk.migration().progress().pointsDone());
    List<MigrationPart> many = new ArrayList<>();
    for (int i = 0; i < MigrationProgress.MAX_PARTS + 5; i++) {
      many.add(new MigrationPart("c" + i, 0, 3, 1, 1, 1, "", false));
    }
    report(new MigrationProgress(1, 1, 1, 1, 1, many));
    assertEquals(MigrationProgress.MAX_PARTS, walk.migration().progress().parts().size());
  }

  private void report(MigrationProgress progress) {
    walk.accepted(
        new Command.ReportProgress(1, Phase.COPYING, progress, Optional.empty(), walk.term));
  }

  @Test
  void nothingGoesOnFromTheCursorOfAPartThatIsThrough() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    report(
        new MigrationProgress(
            9, 1, 1, 1, 1, List.of(new MigrationPart("c", 0, 3, 1, 1, 1, "an id", true))));
    assertEquals(
        List.of(new MigrationPart("c", 0, 3, 1, 1, 0, "", true)),
        walk.migration().progress().parts());
  }

  /** Each of them may have died of it, and the next one would as well. */
  @Test
  void whatThreeLeadersHaveBegunWithoutProgressNobodyBeginsUnasked() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    for (walk.term = 8; walk.term < 11; walk.term++) {
      walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
      walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
    }
    assertEquals(List.of(8L, 9L, 10L), walk.migration().begunIn());
    assertEquals(
        Refusal.WRONG_PHASE, walk.refusal(new Command.BeginPhase(1, Phase.COPYING, walk.term)));
    walk.accepted(walk.hold("somebody should look at it"));
    walk.accepted(walk.retry(OptionalLong.empty()));
    assertEquals(List.of(8L, 9L, 10L), walk.migration().begunIn(), "that was about something else");
    WaitingOn attempts = new WaitingOn("attempts", "3 leaders", walk.now, 1, 0);
    walk.accepted(new Command.HoldMigration(1, Phase.COPYING, attempts, walk.term));
    walk.accepted(walk.retry(OptionalLong.empty()));
    walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
    assertEquals(List.of(11L), walk.migration().begunIn());
  }

  /** Members are restarted one after the other while the migration waits for something outside. */
  @Test
  void aLeaderThatHoldsHasNotEndedByItsWork() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    for (walk.term = 8; walk.term < 14; walk.term++) {
      walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
      walk.accepted(walk.hold("http://s0:6333 is away"));
      assertEquals(List.of(walk.term), walk.migration().begunIn());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"ADOPTING", "WARMING", "SETTLING", "COOLING"})
  void whatReadsNoPagesOfPointsMayBeBegunByAnyNumberOfLeaders(Phase phase) {
    walk.start(MigrationKind.GROW);
    walk.to(phase);
    for (walk.term = 8; walk.term < 14; walk.term++) {
      walk.accepted(new Command.BeginPhase(1, phase, walk.term));
      assertEquals(List.of(walk.term), walk.migration().begunIn());
    }
  }

  @Test
  void progressAndTheNextPhaseForgetWhoHasBegunBefore() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    for (walk.term = 8; walk.term < 10; walk.term++) {
      walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
      report(MigrationProgress.NONE);
    }
    walk.accepted(new Command.BeginPhase(1, Phase.COPYING, walk.term));
    assertEquals(List.of(8L, 9L, 10L), walk.migration().begunIn());
    report(new MigrationProgress(9, 1, 1, 1, 1, List.of()));
    assertEquals(List.of(10L), walk.migration().begunIn());
    walk.accepted(walk.advance(Phase.COPYING, Phase.VERIFYING));
    assertEquals(List.of(), walk.migration().begunIn());
  }

  @Test
  void deletesAreProgressToo() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.DROPPING);
    for (long term = 8; term < 10; term++) {
      walk.term = term;
      walk.accepted(new Command.BeginPhase(1, Phase.DROPPING, term));
    }
    WaitingOn deletes = new WaitingOn("deletes", "5 points deleted from http://s0:1", 1, 0, 0);
    walk.accepted(
        new Command.ReportProgress(
            1, Phase.DROPPING, MigrationProgress.NONE, Optional.of(deletes), walk.term));
    assertEquals(List.of(9L), walk.migration().begunIn());
  }

  /** A hundred of them are kept in the memory of every member. */
  @Test
  void ofAMigrationThatHasEndedNoCursorIsKept() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    List<MigrationPart> many = new ArrayList<>();
    for (int i = 0; i < MigrationProgress.MAX_PARTS; i++) {
      many.add(new MigrationPart("c" + i, 0, 3, 1, 1, 1, "an id", false));
    }
    walk.accepted(
        new Command.ReportProgress(
            1,
            Phase.COPYING,
            new MigrationProgress(5_000, 4_096, 9, 1, 1, many),
            Optional.empty(),
            7));
    assertEquals(many, walk.migration().progress().parts());
    walk.accepted(walk.advance(Phase.COPYING, Phase.REVERTING));
    assertEquals(many, walk.migration().progress().parts());
    walk.accepted(new Command.RevertDone(1, 7));
    MigrationProgress kept = walk.ended(1).progress();
    assertEquals(5_000, kept.pointsTotal());
    assertEquals(4_096, kept.pointsDone());
    assertEquals(
        Collections.nCopies(100, ""), kept.parts().stream().map(MigrationPart::lastId).toList());
    assertEquals("c99", kept.parts().get(99).collection());
  }

  @Test
  void aHoldEndsWithTheNextReportOrStep() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.ADOPTING);
    walk.accepted(walk.hold("http://r2:6330 still serves map version 0"));
    assertEquals(MigrationState.HOLDING, walk.migration().state());
    assertEquals("router", walk.migration().waitingOn().orElseThrow().what());
    WaitingOn drain = new WaitingOn("request_drain", "10 s", walk.now, 0, 0);
    walk.accepted(walk.progress(0, Optional.of(drain)));
    assertEquals(MigrationState.RUNNING, walk.migration().state());
    assertEquals(Optional.of(drain), walk.migration().waitingOn());
    walk.accepted(walk.progress(0, Optional.empty()));
    assertEquals(Optional.empty(), walk.migration().waitingOn());
    walk.accepted(walk.hold("again"));
    walk.accepted(walk.advance(Phase.ADOPTING, Phase.COPYING));
    assertEquals(MigrationState.RUNNING, walk.migration().state());
    assertEquals(Optional.empty(), walk.migration().waitingOn());
  }

  /** One shard is away, and others go on. */
  @Test
  void aHoldStaysWithAReportThatSaysSo() {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    walk.accepted(walk.hold("http://s0:6333 is away"));
    WaitingOn away = new WaitingOn("shard", "http://s0:6333 is away", walk.now, 2, walk.now);
    walk.accepted(walk.progress(10, Optional.of(away)));
    assertEquals(MigrationState.HOLDING, walk.migration().state());
    assertEquals(Optional.of(away), walk.migration().waitingOn());
  }
}
