// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The start of a migration, and what an active one forbids. */
class MigrationStartTest {
  private final Walk walk = new Walk();

  @Test
  void aGrowTakesTheNextIdAndPublishesNothing() {
    ShardMap before = walk.state.map();
    assertEquals(
        new Accepted(new MigrationResult(1)), walk.run(walk.start(Walk.grow(" http://s3:6333 "))));
    assertEquals(before, walk.state.map());
    assertEquals(4, walk.state.nextId());
    Migration migration = walk.migration();
    assertEquals(3, migration.plan().shardId());
    assertEquals("http://s3:6333", migration.plan().url());
    assertEquals(List.of("kept"), migration.plan().collectionsBefore());
    assertEquals(Phase.PREPARED, migration.phase());
    assertEquals(MigrationState.RUNNING, migration.state());
    assertEquals(0, migration.versionBefore());
    assertEquals(7, migration.lastStep().term());
  }

  @Test
  void aDrainTakesNoIdAndReadsTheShardFromTheMap() {
    walk.accepted(walk.start(Walk.drain(2)));
    assertEquals(3, walk.state.nextId());
    assertEquals("http://s2:6333", walk.migration().plan().url());
    assertEquals(List.of("http://s2r:1"), walk.migration().plan().replicaUrls());
    assertEquals(2, walk.migration().place());
  }

  @Test
  void aGrowUsesUpItsIdWhenItsUrlIsRefused() {
    assertEquals(Refusal.DUPLICATE_URL, refused(Walk.grow("HTTP://S1:6333/")));
    assertEquals(4, walk.state.nextId());
    assertEquals(Refusal.DUPLICATE_URL, refused(Walk.grow("http://s2r:1")));
    assertEquals(Refusal.INVALID_URL, refused(Walk.grow("s9")));
    assertEquals(6, walk.state.nextId());
    assertTrue(walk.state.migrations().active().isEmpty());
    assertEquals(1, walk.state.migrations().nextId());
  }

  private Refusal refused(MigrationPlan plan) {
    return assertInstanceOf(Rejected.class, walk.run(walk.start(plan))).refusal();
  }

  @Test
  void aDrainThatTheMapWouldRefuseIsNotPlanned() {
    assertEquals(Refusal.UNKNOWN_SHARD, walk.refusal(walk.start(Walk.drain(9))));
    walk.accepted(new Command.RemoveShard(0));
    walk.accepted(new Command.RemoveShard(1));
    assertEquals(Refusal.NO_ACTIVE_SHARD_LEFT, walk.refusal(walk.start(Walk.drain(2))));
  }

  @Test
  void onlyTheLeaderOfTheTermStartsOne() {
    assertEquals(
        Refusal.STALE_TERM,
        walk.refusal(new Command.StartMigration(Walk.grow("http://s3:6333"), 0, 6)));
    assertEquals(
        Refusal.STALE_TERM,
        walk.refusal(new Command.StartMigration(Walk.grow("http://s3:6333"), 0, 8)));
  }

  static Stream<Phase> phasesOfAGrow() {
    return Walk.GROW.stream().filter(phase -> !phase.isTerminal());
  }

  @ParameterizedTest
  @MethodSource("phasesOfAGrow")
  void aSecondOneIsRefusedInEveryPhaseAndUsesUpNoId(Phase phase) {
    walk.start(MigrationKind.GROW);
    walk.to(phase);
    for (MigrationPlan plan :
        List.of(Walk.grow("http://s4:1"), Walk.grow("no url"), Walk.drain(0))) {
      Rejected refused = walk.rejected(walk.start(plan));
      assertEquals(Refusal.MIGRATION_ACTIVE, refused.refusal());
      assertTrue(
          refused
              .detail()
              .startsWith("migration 1 (grow of shard 3) is running, in phase " + phase),
          refused.detail());
    }
  }

  @Test
  void aSecondOneIsRefusedWhileTheFirstIsTakenBack() {
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    walk.accepted(walk.cancel());
    assertEquals(Refusal.MIGRATION_ACTIVE, walk.refusal(walk.start(Walk.grow("http://s4:1"))));
  }

  @Test
  void aShardThatJoinsByHandBlocksBothUntilItIsSettled() {
    walk.accepted(new Command.AddJoiningShard("http://s3:6333", List.of()));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(walk.start(Walk.grow("http://s4:1"))));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(walk.start(Walk.drain(0))));
    walk.accepted(new Command.PromoteShard(3));
    walk.accepted(walk.start(Walk.grow("http://s4:1")));
  }

  @Test
  void aShardThatLeavesByHandBlocksAllButItsOwnDrain() {
    walk.accepted(Walk.leaving(walk.state, 2));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(walk.start(Walk.grow("http://s4:1"))));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(walk.start(Walk.drain(0))));
    walk.accepted(walk.start(Walk.drain(2)));
    walk.to(Phase.LEAVING);
    assertEquals(List.of(2L, 0L, 1L), ids());
    assertEquals(List.of(2L), walk.state.map().leaving());
    assertEquals(2, walk.state.map().version(), "routers must see the new order");
    walk.to(Phase.ADOPTING);
    walk.accepted(walk.cancel());
    assertEquals(List.of(), walk.state.map().leaving());
    assertEquals(List.of(0L, 1L, 2L), ids());
  }

  private List<Long> ids() {
    return walk.state.map().shards().stream().map(Shard::id).toList();
  }

  @Test
  void theLastActiveShardIsNotDrainedEvenIfItLeavesAlready() {
    ShardMap map =
        new ShardMap(
            4,
            List.of(new Shard(0, "http://a:1", List.of()), new Shard(1, "http://b:1", List.of())),
            List.of(),
            List.of(0L, 1L));
    walk.state = walk.state.withMap(map);
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(walk.start(Walk.drain(0))));
    walk.state =
        walk.state.withMap(new ShardMap(4, map.shards().subList(0, 1), List.of(), List.of(0L)));
    assertEquals(Refusal.NO_ACTIVE_SHARD_LEFT, walk.refusal(walk.start(Walk.drain(0))));
  }

  static Stream<Command> byHand() {
    return Stream.of(
        new Command.AddShard("http://s9:1", List.of()),
        new Command.AddShard("no url", List.of()),
        new Command.AddJoiningShard("http://s9:1", List.of()),
        new Command.PromoteShard(3),
        new Command.RemoveShard(0),
        new Command.AddReplica(0, "http://s9:1"),
        new Command.RemoveReplica(2, "http://s2r:1"),
        new Command.Restore(new BackupContent("uuid", ShardMap.EMPTY, 0, 0, List.of()), 0, 0));
  }

  @ParameterizedTest
  @MethodSource("byHand")
  void nobodyChangesTheMapByHandBesideAMigration(Command command) {
    walk.start(MigrationKind.GROW);
    walk.to(Phase.COPYING);
    Rejected refused = walk.rejected(command);
    assertEquals(Refusal.MIGRATION_ACTIVE, refused.refusal());
    assertEquals(
        "migration 1 (grow of shard 3) is running, in phase COPYING; wait for its end, or cancel"
            + " it",
        refused.detail());
    walk.to(Phase.SETTLING);
    assertEquals(
        "migration 1 (grow of shard 3) is running, in phase SETTLING; wait for its end",
        walk.rejected(command).detail());
  }

  @Test
  void idsAndNewRoutersAreFreeDuringAMigration() {
    walk.start(MigrationKind.GROW);
    walk.accepted(new Command.AllocateId());
    walk.accepted(new Command.RegisterRouter("http://r1:6330"));
    assertEquals(List.of("http://r0:6330", "http://r1:6330"), walk.state.routers());
  }

  @Test
  void aRouterLeavesTheRegistryDuringAMigrationOnlyByForce() {
    walk.start(MigrationKind.GROW);
    assertEquals(
        Refusal.MIGRATION_ACTIVE, walk.refusal(new Command.RemoveRouter("http://R0:6330/", false)));
    assertEquals(
        Refusal.UNKNOWN_ROUTER, walk.refusal(new Command.RemoveRouter("http://r9:6330", false)));
    walk.accepted(new Command.RemoveRouter("http://r0:6330", true));
    assertEquals(List.of(), walk.state.routers());
  }

  @Test
  void plansOutOfBoundsAreRefused() {
    MigrationPlan many =
        new MigrationPlan(
            MigrationKind.GROW,
            0,
            "http://s3:1",
            List.of(),
            false,
            Collections.nCopies(MigrationPlan.MAX_COLLECTIONS + 1, "c"));
    MigrationPlan longName =
        new MigrationPlan(
            MigrationKind.GROW,
            0,
            "http://s3:1",
            List.of(),
            false,
            List.of("x".repeat(MigrationPlan.MAX_NAME + 1)));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(walk.start(many)));
    assertEquals(Refusal.LIMIT_REACHED, walk.refusal(walk.start(longName)));
    assertEquals(
        Refusal.LIMIT_REACHED,
        walk.refusal(new Command.StartMigration(Walk.grow("http://s3:1"), -1, 7)));
  }

  @Test
  void countersEndInsteadOfWrappingAround() {
    walk.state = walk.state.withNextId(-1L);
    assertEquals(Refusal.COUNTER_EXHAUSTED, walk.refusal(walk.start(Walk.grow("http://s3:1"))));
    walk.state = walk.state.withNextId(5).withMap(walk.state.map().withVersion(-1L));
    assertEquals(Refusal.COUNTER_EXHAUSTED, walk.refusal(walk.start(Walk.drain(1))));
    walk.state =
        walk.state
            .withMap(walk.state.map().withVersion(3))
            .withMigrations(new Migrations(-1L, Optional.empty(), Migrations.EMPTY.finished()));
    assertEquals(Refusal.COUNTER_EXHAUSTED, walk.refusal(walk.start(Walk.drain(1))));
  }

  @ParameterizedTest
  @EnumSource(MigrationKind.class)
  void theLastHundredThatEndedStayReadable(MigrationKind kind) {
    for (int i = 0; i < Migrations.KEPT + 3; i++) {
      walk.start(kind);
      walk.accepted(walk.advance(Phase.PREPARED, Phase.FAILED));
    }
    assertEquals(Migrations.KEPT, walk.state.migrations().finished().size());
    assertTrue(walk.state.migrations().find(3).isEmpty());
    assertEquals(4, walk.state.migrations().find(4).orElseThrow().id());
    assertEquals(104, walk.state.migrations().nextId());
  }
}
