// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.LeaderCommand;
import io.quiverdb.coordinator.command.Command.MapCommand;
import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.SampleCommands;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Rules for every kind of command. A command without a rule would stop all members at the same
 * entry; one that changes the map and is no {@link MapCommand} would be taken during a migration.
 * The test of the golden files checks that {@link SampleCommands} has all of them.
 */
class EveryCommandTest {
  private static final long TERM = 7;
  private static final int PROPOSALS = 20_000;

  @TestFactory
  Stream<DynamicTest> hasARuleInEveryState() {
    return forEach(
        command -> states().forEach((name, state) -> apply(state, TERM, command).outcome()));
  }

  @TestFactory
  Stream<DynamicTest> hasATextForTheHistory() {
    return forEach(
        command -> {
          String text = HistoryText.of(command);
          assertTrue((text + " ").startsWith(command.wireName() + " "), text);
          assertTrue(!text.contains(command.getClass().getSimpleName()), text);
        });
  }

  @TestFactory
  Stream<DynamicTest> ofALeaderIsRefusedInAnotherTerm() {
    return forEach(
        command -> {
          if (command instanceof LeaderCommand) {
            states()
                .forEach(
                    (name, state) -> {
                      Applied applied = apply(state, TERM + 1, command);
                      assertEquals(Refusal.STALE_TERM, refusal(applied.outcome()), name);
                      assertEquals(state.map(), applied.state().map(), name);
                      assertEquals(state.nextId(), applied.state().nextId(), name);
                    });
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> thatChangesTheMapIsRefusedDuringAMigration() {
    ClusterState active = states().get(Phase.COPYING.name());
    return forEach(
        command -> {
          if (command instanceof MapCommand) {
            Applied applied = apply(active, TERM, command);
            assertEquals(Refusal.MIGRATION_ACTIVE, refusal(applied.outcome()));
            assertEquals(active.nextId(), applied.state().nextId());
          }
        });
  }

  @Test
  void duringAMigrationOnlyItsOwnStepsAndItsCancelChangeTheMap() {
    RandomProposals random = new RandomProposals(4711);
    TreeSet<String> seen = new TreeSet<>();
    TreeSet<String> changing = new TreeSet<>();
    ClusterState state = new Walk().state;
    for (int i = 0; i < PROPOSALS; i++) {
      Proposal proposal = random.next(state, TERM);
      Command command = proposal.command();
      seen.add(command.wireName());
      ClusterState after =
          ClusterStateMachine.apply(state, new EntryId(1_000 + i, TERM), proposal).state();
      if (state.migrations().active().isPresent() && !after.map().equals(state.map())) {
        assertTrue(
            command instanceof StepCommand || command instanceof CancelMigration,
            () -> command + " changed the map of a migration");
        changing.add(command.wireName());
      }
      state = after;
    }
    assertEquals(new TreeSet<>(SampleCommands.byName().keySet()), seen, "every kind was tried");
    assertEquals(new TreeSet<>(Set.of("advance_migration", "cancel_migration")), changing);
  }

  /** No state yet, one without a migration, and one for each phase of one. */
  private static SortedMap<String, ClusterState> states() {
    TreeMap<String, ClusterState> states = new TreeMap<>();
    states.put("nothing bootstrapped", ClusterState.INITIAL);
    states.put("no migration", new Walk().state);
    for (MigrationKind kind : MigrationKind.values()) {
      for (Phase phase : kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN) {
        Walk walk = new Walk();
        walk.start(kind);
        walk.to(phase);
        states.put(phase.name(), walk.state);
      }
    }
    return states;
  }

  private static Applied apply(ClusterState state, long term, Command command) {
    Proposal proposal = Proposal.of(new Stamp("c1", "ops", 1_700_000_500_000L), command);
    return ClusterStateMachine.apply(state, new EntryId(1_000, term), proposal);
  }

  private static Refusal refusal(Outcome outcome) {
    return assertInstanceOf(Rejected.class, outcome).refusal();
  }

  private static Stream<DynamicTest> forEach(Consumer<Command> check) {
    return SampleCommands.byName().entrySet().stream()
        .map(entry -> dynamicTest(entry.getKey(), () -> check.accept(entry.getValue())));
  }
}
