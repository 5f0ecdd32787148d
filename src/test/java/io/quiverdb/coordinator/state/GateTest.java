// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a gate is up, and what takes it away. */
class GateTest {
  private final Walk walk = new Walk();

  private Command gate() {
    return new Command.GateMigration(walk.migration().id(), walk.migration().phase(), walk.term);
  }

  private void warming(MigrationKind kind) {
    walk.start(kind);
    walk.to(Phase.WARMING);
  }

  @ParameterizedTest
  @EnumSource
  void itIsUpUntilTheFlip(MigrationKind kind) {
    warming(kind);
    walk.accepted(gate());
    Gate up = walk.migration().gate().orElseThrow();
    walk.accepted(walk.progress(5, Optional.empty()));
    walk.accepted(new Command.ThrottleMigration(walk.migration().id(), 5));
    assertEquals(
        Optional.of(up), walk.migration().gate(), "numbers change neither phase nor state");
    walk.to(kind == MigrationKind.GROW ? Phase.PROMOTED : Phase.REMOVED);
    assertEquals(Optional.empty(), walk.migration().gate());
  }

  @ParameterizedTest
  @EnumSource
  void everyOtherPhaseOrStateTakesItAway(MigrationKind kind) {
    for (Function<Walk, Command> change :
        Set.<Function<Walk, Command>>of(
            w -> w.advance(Phase.WARMING, Phase.VERIFYING),
            w -> w.advance(Phase.WARMING, Phase.REVERTING),
            Walk::cancel,
            w -> w.hold("http://s1:6333 does not answer"),
            w -> new Command.PauseMigration(w.migration().id()))) {
      Walk one = new Walk();
      one.start(kind);
      one.to(Phase.WARMING);
      one.accepted(new Command.GateMigration(one.migration().id(), Phase.WARMING, one.term));
      Command taken = change.apply(one);
      one.accepted(taken);
      assertEquals(Optional.empty(), one.migration().gate(), taken::toString);
    }
  }

  @Test
  void eachIsAnotherOne() {
    warming(MigrationKind.GROW);
    walk.accepted(gate());
    Gate first = walk.migration().gate().orElseThrow();
    walk.accepted(walk.hold("http://s1:6333 does not answer"));
    walk.accepted(gate());
    assertEquals(MigrationState.RUNNING, walk.migration().state(), "it holds no more");
    assertEquals(Optional.empty(), walk.migration().waitingOn());
    assertEquals(1, Long.compare(walk.migration().gate().orElseThrow().index(), first.index()));
  }

  @ParameterizedTest
  @EnumSource
  void onlyBeforeTheFlipAndByTheLeaderThatMayMakeIt(MigrationKind kind) {
    walk.start(kind);
    for (Phase phase : kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN) {
      if (EnumSet.of(Phase.WARMING, Phase.DONE).contains(phase)) {
        continue;
      }
      walk.to(phase);
      assertEquals(Refusal.WRONG_PHASE, walk.refusal(gate()), phase::name);
    }
    Walk other = new Walk();
    other.start(kind);
    other.to(Phase.WARMING);
    long id = other.migration().id();
    assertEquals(
        Refusal.STALE_TERM,
        other.refusal(new Command.GateMigration(id, Phase.WARMING, other.term - 1)));
    assertEquals(
        Refusal.WRONG_PHASE,
        other.refusal(new Command.GateMigration(id, Phase.VERIFYING, other.term)));
    assertEquals(
        Refusal.UNKNOWN_MIGRATION,
        other.refusal(new Command.GateMigration(id + 1, Phase.WARMING, other.term)));
    other.term++;
    assertEquals(
        Refusal.WRONG_PHASE,
        other.refusal(new Command.GateMigration(id, Phase.WARMING, other.term)),
        "another term verified");
  }

  @Test
  void notInAPauseNorAfterItUnverified() {
    warming(MigrationKind.DRAIN);
    walk.accepted(new Command.PauseMigration(walk.migration().id()));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(gate()));
    walk.accepted(new Command.ResumeMigration(walk.migration().id()));
    assertEquals(Refusal.WRONG_PHASE, walk.refusal(gate()));
  }

  @Test
  void aRetryThatEndsAHoldPutsNoneUp() {
    warming(MigrationKind.GROW);
    walk.accepted(gate());
    walk.accepted(walk.hold("http://s1:6333 does not answer"));
    walk.accepted(walk.retry(OptionalLong.empty()));
    assertEquals(Optional.empty(), walk.migration().gate());
  }
}
