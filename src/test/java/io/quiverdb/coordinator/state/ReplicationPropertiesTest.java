// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Format;
import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Shard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must hold for every log, tried on seeded random ones. A failing run names its seed; {@code
 * -Dquiver.seed=N} runs that seed alone, {@code -Dquiver.seeds=N} the first N.
 */
class ReplicationPropertiesTest {
  private static final int ENTRIES = 600;
  private static final EntryCodec ENTRY_CODEC = EntryCodec.current();

  static LongStream seeds() {
    Long one = Long.getLong("quiver.seed");
    return one != null ? LongStream.of(one) : LongStream.range(0, Long.getLong("quiver.seeds", 60));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void replicasThatReadTheSameBytesEndInTheSameSnapshot(long seed) throws Exception {
    List<byte[]> log = log(seed);
    assertArrayEquals(
        snapshot(apply(ClusterState.INITIAL, decoded(log), 0), ENTRIES),
        snapshot(apply(ClusterState.INITIAL, decoded(log), 0), ENTRIES));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aSnapshotAndTheRestOfTheLogEqualTheWholeLogAtEveryCut(long seed) throws Exception {
    List<Proposal> log = decoded(log(seed).subList(0, seed < 3 ? ENTRIES : 60));
    byte[] whole = snapshot(apply(ClusterState.INITIAL, log, 0), log.size());
    ClusterState state = ClusterState.INITIAL;
    for (int cut = 0; cut < log.size(); cut++) {
      ClusterState restored =
          SnapshotCodec.current().read(new ByteArrayInputStream(snapshot(state, cut))).state();
      byte[] rest = snapshot(apply(restored, log.subList(cut, log.size()), cut), log.size());
      if (!Arrays.equals(whole, rest)) { // assertArrayEquals is slow where all is well
        assertArrayEquals(whole, rest, "seed " + seed + ", cut " + cut);
      }
      state = apply(state, log.subList(cut, cut + 1), cut);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void versionsRiseByOneAndIdsAreNeverReused(long seed) throws Exception {
    ClusterState state = ClusterState.INITIAL;
    TreeSet<Long> everUsed = new TreeSet<>(Long::compareUnsigned);
    int index = 0;
    int accepted = 0;
    for (byte[] bytes : log(seed)) {
      Proposal proposal = ENTRY_CODEC.decode(bytes);
      Applied applied = ClusterStateMachine.apply(state, entry(index), proposal);
      String where = "seed " + seed + ", index " + index++ + ": " + proposal;
      checkVersion(state, applied, proposal, where);
      checkRefusal(state, applied, proposal, where);
      checkMigration(state, applied.state(), where);
      checkIds(state, applied, proposal, everUsed, where);
      assertTrue(applied.state().history().entries().size() <= History.CAPACITY, where);
      assertTrue(applied.state().map().violation().isEmpty(), where);
      accepted += applied.outcome() instanceof Accepted ? 1 : 0;
      state = applied.state();
    }
    assertTrue(accepted > 30, "seed " + seed + " accepts almost nothing: " + accepted);
  }

  private static void checkIds(
      ClusterState before, Applied applied, Proposal proposal, TreeSet<Long> used, String where) {
    assertTrue(
        Long.compareUnsigned(applied.state().nextId(), before.nextId()) >= 0,
        () -> "the counter ran backwards: " + where);
    boolean replaces =
        proposal.command() instanceof Command.Restore
            || proposal.command() instanceof Command.Bootstrap;
    if (applied.outcome() instanceof Accepted accepted
        && accepted.result() instanceof Result.IdResult id
        && !applied.replayed()) {
      assertTrue(used.add(id.id()), () -> "id handed out twice: " + where);
    }
    for (Shard shard : applied.state().map().shards()) {
      boolean isNew = before.map().shard(shard.id()).isEmpty();
      assertTrue(!isNew || used.add(shard.id()) || replaces, () -> "id reused: " + where);
      assertTrue(
          Long.compareUnsigned(applied.state().nextId(), shard.id()) > 0, () -> "next " + where);
    }
  }

  private static void checkVersion(
      ClusterState before, Applied applied, Proposal proposal, String where) {
    long from = before.map().version();
    long to = applied.state().map().version();
    boolean changed =
        !applied.replayed()
            && applied.outcome() instanceof Accepted accepted
            && (accepted.result() instanceof Result.MapResult
                || publishes(before, applied.state()));
    if (!changed) {
      assertEquals(before.map(), applied.state().map(), where);
    } else if (proposal.command() instanceof Command.Restore) {
      assertEquals(1, Long.compareUnsigned(to, before.highestVersion()), where);
    } else if (proposal.command() instanceof Command.Bootstrap) {
      assertTrue(!before.bootstrapped(), where);
    } else {
      assertEquals(from + 1, to, where);
    }
    assertTrue(
        Long.compareUnsigned(applied.state().highestVersion(), before.highestVersion()) >= 0,
        where);
    assertTrue(Long.compareUnsigned(applied.state().highestVersion(), to) >= 0, where);
  }

  /** Whether the migration under way has just come to a phase that publishes a map. */
  private static boolean publishes(ClusterState before, ClusterState after) {
    Optional<Phase> from = before.migrations().active().map(Migration::phase);
    Optional<Phase> to = after.migrations().active().map(Migration::phase);
    return !from.equals(to)
        && to.isPresent()
        && switch (to.get()) {
          case JOINING, LEAVING, PROMOTED, REMOVED -> true;
          case REVERTING ->
              !from.equals(Optional.of(Phase.PREPARED)) || !before.map().leaving().isEmpty();
          default -> false;
        };
  }

  private static void checkRefusal(
      ClusterState before, Applied applied, Proposal proposal, String where) {
    if (!(applied.outcome() instanceof Rejected rejected) || applied.replayed()) {
      return;
    }
    ClusterState after = applied.state();
    assertEquals(before.map(), after.map(), where);
    assertEquals(before.migrations(), after.migrations(), where);
    assertEquals(before.routers(), after.routers(), where);
    boolean usesUpAnId =
        proposal.command() instanceof Command.AddShard
            || proposal.command() instanceof Command.AddJoiningShard
            || (proposal.command() instanceof Command.StartMigration start
                && start.plan().kind() == MigrationKind.GROW);
    boolean early =
        switch (rejected.refusal()) {
          case MIGRATION_ACTIVE, MANUAL_MEMBERSHIP, STALE_TERM, VERSION_MISMATCH -> true;
          default -> false;
        };
    if (early || !usesUpAnId) {
      assertEquals(before.nextId(), after.nextId(), where);
    }
  }

  /** What the engine relies on whenever it looks at a migration. */
  private static void checkMigration(ClusterState before, ClusterState after, String where) {
    assertTrue(after.migrations().finished().size() <= Migrations.KEPT, where);
    assertTrue(
        after.migrations().finished().values().stream().allMatch(m -> m.phase().isTerminal()),
        where);
    if (after.migrations().active().isEmpty()) {
      return;
    }
    Migration migration = after.migrations().active().get();
    long id = migration.plan().shardId();
    boolean grows = migration.plan().kind() == MigrationKind.GROW;
    boolean published = migration.reversible() && migration.phase() != Phase.PREPARED;
    assertFalse(migration.phase().isTerminal(), where);
    if (published) {
      assertEquals(grows ? List.of(id) : List.of(), after.map().joining(), where);
      assertEquals(grows ? List.of() : List.of(id), after.map().leaving(), where);
      assertTrue(grows || after.map().placeOf(id) == 0, where);
    } else if (migration.versionDuring().isPresent()) {
      assertEquals(List.of(), after.map().joining(), where);
      assertEquals(List.of(), after.map().leaving(), where);
      boolean stays = grows != (migration.phase() == Phase.REVERTING);
      assertEquals(stays, after.map().shard(id).isPresent(), where);
    }
    if (!before.map().equals(after.map())) {
      assertEquals(
          OptionalLong.of(after.map().version()),
          published ? migration.versionDuring() : migration.versionAfter(),
          where);
    }
  }

  @Test
  void theRandomLogsComeThroughEveryPhaseAndState() throws Exception {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    Set<MigrationState> states = EnumSet.noneOf(MigrationState.class);
    for (long seed = 0; seed < 20; seed++) {
      ClusterState state = ClusterState.INITIAL;
      int index = 0;
      for (byte[] bytes : log(seed)) {
        state = ClusterStateMachine.apply(state, entry(index++), ENTRY_CODEC.decode(bytes)).state();
        state.migrations().active().ifPresent(migration -> phases.add(migration.phase()));
        state.migrations().active().ifPresent(migration -> states.add(migration.state()));
        state.migrations().finished().values().forEach(migration -> phases.add(migration.phase()));
        state.migrations().finished().values().forEach(migration -> states.add(migration.state()));
      }
    }
    assertEquals(EnumSet.allOf(Phase.class), phases);
    assertEquals(EnumSet.allOf(MigrationState.class), states);
  }

  /** Some commands share an entry with the one before. Terms go by, as leaders do. */
  private static EntryId entry(int command) {
    int index = command * 2 / 3;
    return new EntryId(index, 7 + index / 60);
  }

  /** A log as bytes: what a node reads, not what its proposer held. */
  private static List<byte[]> log(long seed) {
    RandomProposals proposals = new RandomProposals(seed);
    List<byte[]> log = new ArrayList<>();
    ClusterState state = ClusterState.INITIAL;
    while (log.size() < ENTRIES) {
      EntryId entry = entry(log.size());
      Proposal proposal =
          log.isEmpty() && seed % 3 != 0
              ? Proposal.of(new Stamp("c0", Stamp.SYSTEM, 1), proposals.bootstrap())
              : proposals.next(state, entry.term());
      log.add(ENTRY_CODEC.encode(proposal, Format.NEWEST));
      state = ClusterStateMachine.apply(state, entry, proposal).state();
    }
    return log;
  }

  private static List<Proposal> decoded(List<byte[]> log) throws Exception {
    List<Proposal> proposals = new ArrayList<>();
    for (byte[] entry : log) {
      proposals.add(ENTRY_CODEC.decode(entry));
    }
    return proposals;
  }

  private static ClusterState apply(ClusterState from, List<Proposal> log, int firstIndex) {
    ClusterState state = from;
    int index = firstIndex;
    for (Proposal proposal : log) {
      state = ClusterStateMachine.apply(state, entry(index++), proposal).state();
    }
    return state;
  }

  private static byte[] snapshot(ClusterState state, long index) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotCodec.current().write(out, new Snapshot(state, index, 7));
    return out.toByteArray();
  }
}
