// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.IdempotencyTable;
import io.quiverdb.coordinator.model.Incarnations;
import io.quiverdb.coordinator.model.KeyRing;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClusterStateMachineTest {
  private static final long START = 1_700_000_000_000L;

  private ClusterState state = ClusterState.INITIAL;
  private long index;
  private long now = START;

  @BeforeEach
  void boot() {
    run(bootstrap("first", "http://s0:6333"));
  }

  @Test
  void anAddThatIsRefusedUsesUpItsId() {
    assertEquals(Refusal.DUPLICATE_URL, refusal(add("HTTP://S0:6333/")));
    assertEquals(Refusal.INVALID_URL, refusal(add("  ")));
    run(add("http://s3:6333"));
    assertEquals(List.of(0L, 3L), state.map().shards().stream().map(Shard::id).toList());
    assertEquals(new IdResult(4), result(new Command.AllocateId()));
    assertEquals(1, state.map().version());
  }

  @DisplayName("the first bootstrap wins; another one raises an alarm until it is corrected")
  @Test
  void theFirstBootstrapWinsAndAnotherOneRaisesAnAlarm() {
    assertEquals("first", state.genesis().orElseThrow().fingerprint());
    assertInstanceOf(Accepted.class, run(bootstrap("first", "http://s0:6333")));
    assertEquals(Refusal.BOOTSTRAP_MISMATCH, refusal(bootstrap("second", "http://sx:1")));
    assertTrue(state.mismatches().containsKey("c1"));
    assertEquals(0, state.map().version());
    run(bootstrap("first", "http://s0:6333"));
    assertFalse(state.mismatches().containsKey("c1"));
  }

  @Test
  void nothingChangesBeforeTheBootstrap() {
    state = ClusterState.INITIAL;
    assertEquals(Refusal.NOT_BOOTSTRAPPED, refusal(new Command.AllocateId()));
    assertEquals(0, state.nextId());
    apply(keyed("k", "f", new Command.AllocateId()));
    run(bootstrap("first", "http://s0:6333"));
    assertEquals(
        new Accepted(new IdResult(1)), apply(keyed("k", "f", new Command.AllocateId())).outcome());
  }

  @Test
  void aKeyWhoseVersionFailedBeforeTheBootstrapIsDecidedAfterIt() {
    state = ClusterState.INITIAL;
    Proposal early =
        new Proposal(
            new Stamp("c1", "ops", now),
            Optional.of(new IdempotencyKey("k", "f")),
            OptionalLong.of(7),
            new Command.AllocateId());
    assertInstanceOf(Rejected.class, apply(early).outcome());
    run(bootstrap("first", "http://s0:6333"));
    state = state.withMap(state.map().withVersion(7));
    assertEquals(new Accepted(new IdResult(1)), apply(early).outcome());
  }

  @Test
  void aRepeatedKeyGetsTheFirstOutcomeAndChangesNothing() {
    Applied first = apply(keyed("k", "f", new Command.AllocateId()));
    Applied second = apply(keyed("k", "f", new Command.AllocateId()));
    assertEquals(first.outcome(), second.outcome());
    assertFalse(first.replayed());
    assertTrue(second.replayed());
    assertEquals(2, state.nextId());
    Applied refused = apply(keyed("r", "f", new Command.RemoveShard(9)));
    run(add("http://s9:1"));
    assertEquals(refused.outcome(), apply(keyed("r", "f", new Command.RemoveShard(9))).outcome());
  }

  /** The client was told to try again. */
  @Test
  void aKeyThatMetADeposedLeaderIsDecidedAnew() {
    MigrationPlan plan =
        new MigrationPlan(MigrationKind.GROW, 0, "http://n:1", List.of(), false, List.of());
    Applied first = apply(keyed("k", "f", new Command.StartMigration(plan, 0, 6)));
    assertEquals(Refusal.STALE_TERM, ((Rejected) first.outcome()).refusal());
    assertInstanceOf(
        Accepted.class, apply(keyed("k", "f", new Command.StartMigration(plan, 0, 7))).outcome());
  }

  @Test
  void aKeyThatComesBackWithAnotherRequestIsRefused() {
    apply(keyed("k", "f", new Command.AllocateId()));
    Rejected refused =
        assertInstanceOf(
            Rejected.class, apply(keyed("k", "g", new Command.AllocateId())).outcome());
    assertEquals(Refusal.IDEMPOTENCY_KEY_REUSED, refused.refusal());
    assertEquals(2, state.nextId());
  }

  @Test
  void keysOfTwoApiKeysDoNotMeet() {
    apply(keyed("k", "f", new Command.AllocateId()));
    Proposal other =
        new Proposal(
            new Stamp("c1", "another", now),
            Optional.of(new IdempotencyKey("k", "f")),
            OptionalLong.empty(),
            new Command.AllocateId());
    assertEquals(new Accepted(new IdResult(2)), apply(other).outcome());
  }

  @Test
  void aKeyIsForgottenAfterADay() {
    apply(keyed("k", "f", new Command.AllocateId()));
    now += ClusterState.MAX_STEP_MILLIS;
    apply(keyed("another", "f", new Command.AllocateId()));
    now += ClusterState.MAX_STEP_MILLIS;
    assertTrue(apply(keyed("k", "f", new Command.AllocateId())).replayed());
    now += 1;
    assertFalse(apply(keyed("k", "f", new Command.AllocateId())).replayed());
  }

  @Test
  void oneClockThatIsADayAheadEndsNoKey() {
    apply(keyed("k", "f", new Command.AllocateId()));
    long right = now + 1_000;
    now += 25L * 60 * 60 * 1000;
    apply(keyed("ahead", "f", new Command.AllocateId()));
    now = right;
    assertTrue(apply(keyed("k", "f", new Command.AllocateId())).replayed());
    for (int hours = 0; hours < 48; hours++) {
      now += 60 * 60 * 1000;
      apply(Proposal.of(new Stamp("c1", "ops", now), new Command.AllocateId()));
    }
    assertTrue(state.idempotency().rings().isEmpty(), "the clock that was right again counts on");
  }

  @Test
  void theWallClockMovesNothing() {
    apply(keyed("k", "f", new Command.AllocateId()));
    ClusterState before = state;
    for (long wall : new long[] {0, Long.MAX_VALUE, Long.MIN_VALUE}) {
      apply(Proposal.of(new Stamp("c1", "ops", wall, now), new Command.AllocateId()));
    }
    assertEquals(before.clockMillis(), state.clockMillis());
    assertTrue(apply(keyed("k", "f", new Command.AllocateId())).replayed());
  }

  /** Somebody who uses many takes no room from those who use few. */
  @Test
  void allKeysTogetherAreBoundedAndTheLargestGivesWay() {
    apply(keyed("quiet", 1));
    for (int i = 0; i < 20_000; i++) {
      for (int caller = 0; caller < 4; caller++) {
        apply(keyed("busy" + caller, i));
      }
    }
    IdempotencyTable table = state.idempotency();
    long all = table.rings().values().stream().mapToLong(KeyRing::bytes).sum();
    assertTrue(all <= IdempotencyTable.MAX_BYTES, all + " bytes");
    assertTrue(all > IdempotencyTable.MAX_BYTES - 1_000, all + " bytes");
    assertTrue(table.find("quiet", "k1").isPresent());
    for (int caller = 0; caller < 4; caller++) {
      long bytes = table.rings().get("busy" + caller).bytes();
      assertEquals(IdempotencyTable.MAX_BYTES / 4, bytes, 1_000, "of busy" + caller);
      assertTrue(table.find("busy" + caller, "k19999").isPresent());
    }
  }

  private Proposal keyed(String caller, int key) {
    return new Proposal(
        new Stamp("c1", caller, now),
        Optional.of(new IdempotencyKey("k" + key, "f")),
        OptionalLong.empty(),
        new Command.RemoveReplica(0, "x"));
  }

  @Test
  void theOldestKeysMakeRoomForNewOnes() {
    for (int i = 0; i < 40_010; i++) {
      apply(keyed("k" + i, "f", new Command.RemoveReplica(0, "x")));
    }
    KeyRing ring = state.idempotency().rings().get("ops");
    assertTrue(ring.bytes() <= KeyRing.MAX_BYTES);
    assertFalse(apply(keyed("k0", "other", new Command.AllocateId())).replayed());
    assertTrue(apply(keyed("k40009", "f", new Command.RemoveReplica(0, "x"))).replayed());
    state = state.withIdempotency(state.idempotency().expire(now + KeyRing.MAX_AGE_MILLIS + 1));
    assertTrue(state.idempotency().rings().isEmpty());
  }

  @Test
  void anExpectedVersionThatFailsUsesUpNoId() {
    Proposal proposal =
        new Proposal(
            new Stamp("c1", "ops", now),
            Optional.empty(),
            OptionalLong.of(4),
            add("http://s1:6333"));
    Rejected refused = assertInstanceOf(Rejected.class, apply(proposal).outcome());
    assertEquals(Refusal.VERSION_MISMATCH, refused.refusal());
    assertEquals(0, refused.mapVersion());
    assertEquals(1, state.nextId());
  }

  /** A counter that a restore sets near its end could never go on. */
  @Test
  void aRestoreRaisesNoCounterSoFarThatItEnds() {
    BackupContent backup = new BackupContent("c", state.map(), 1, 0, List.of());
    for (Command.Restore restore :
        List.of(
            new Command.Restore(backup, -2L, 0),
            new Command.Restore(backup, Long.MIN_VALUE, 0),
            new Command.Restore(backup, 0, -2L),
            new Command.Restore(new BackupContent("c", state.map(), -2L, 0, List.of()), 0, 0),
            new Command.Restore(new BackupContent("c", state.map(), 1, -2L, List.of()), 0, 0))) {
      ClusterState before = state;
      assertEquals(Refusal.COUNTER_EXHAUSTED, refusal(restore));
      assertEquals(before.map(), state.map());
      assertEquals(before.nextId(), state.nextId());
    }
    assertEquals(
        new MapResult(Long.MIN_VALUE), result(new Command.Restore(backup, Long.MAX_VALUE, 5)));
    assertEquals(
        new MapResult(Long.MIN_VALUE + 1),
        result(new Command.Restore(backup, 0, 0)),
        "what is so high already may go on");
  }

  @Test
  void countersEndInsteadOfWrappingAround() {
    state = state.withNextId(-2L);
    assertEquals(new IdResult(-2L), result(new Command.AllocateId()));
    assertEquals(Refusal.COUNTER_EXHAUSTED, refusal(new Command.AllocateId()));
    assertEquals(Refusal.COUNTER_EXHAUSTED, refusal(add("http://s8:1")));
    state = state.withNextId(5).withMap(state.map().withVersion(-1L));
    assertEquals(Refusal.COUNTER_EXHAUSTED, refusal(add("http://s8:1")));
    assertEquals(-1L, state.map().version());
  }

  @Test
  void aRestoreGoesAboveEveryVersionThatAnyoneSaw() {
    ShardMap old =
        new ShardMap(2, List.of(new Shard(4, "http://old:1", List.of())), List.of(4L), List.of());
    BackupContent backup = new BackupContent("u", old, 5, 7, List.of("http://r9:1"));
    assertEquals(new MapResult(21), result(new Command.Restore(backup, 20, 3)));
    assertEquals(old.withVersion(21), state.map());
    assertEquals(5, state.nextId());
    assertEquals(21, state.highestVersion());
    assertEquals(List.of("http://r9:1"), state.routers());
    assertEquals(new MapResult(22), result(new Command.Restore(backup, 0, 40)));
    assertEquals(40, state.nextId());
  }

  @Test
  void aRestoreOfABrokenMapChangesNothing() {
    ClusterState before = state;
    ShardMap broken = new ShardMap(2, List.of(), List.of(4L), List.of());
    BackupContent backup = new BackupContent("u", broken, 5, 7, List.of());
    assertEquals(Refusal.INVALID_MAP, refusal(new Command.Restore(backup, 20, 3)));
    assertEquals(before.map(), state.map());
  }

  @Test
  void onlyTheLeaderOfTheTermRaisesTheFormatByOne() {
    assertEquals(Refusal.STALE_TERM, refusal(new Command.RaiseFormat(2, 6)));
    assertEquals(Refusal.FORMAT_MISMATCH, refusal(new Command.RaiseFormat(3, 7)));
    assertInstanceOf(Accepted.class, run(new Command.RaiseFormat(2, 7)));
    assertEquals(2, state.format());
    assertEquals(Refusal.FORMAT_MISMATCH, refusal(new Command.RaiseFormat(2, 7)));
  }

  @Test
  void whoIsReplacedNeverVotesAgain() {
    int changes = state.history().entries().size();
    assertEquals(Refusal.STALE_TERM, refusal(new Command.AdmitMember("c3", "x1", 6)));
    assertInstanceOf(Accepted.class, run(new Command.AdmitMember("c3", "x1", 7)));
    assertInstanceOf(Accepted.class, run(new Command.AdmitMember("c3", "x1", 7)));
    assertEquals(changes, state.history().entries().size(), "founding is no change");
    assertInstanceOf(Accepted.class, run(new Command.AdmitMember("c3", "x2", 7)));
    assertEquals(changes + 1, state.history().entries().size());
    assertEquals(Optional.of("x2"), state.incarnations().of("c3"));
    assertEquals(List.of("x1"), state.incarnations().retired());
    assertEquals(Refusal.INCARNATION_RETIRED, refusal(new Command.AdmitMember("c3", "x1", 7)));
    assertEquals(Optional.of("x2"), state.incarnations().of("c3"));
    for (int i = 0; i < Incarnations.MAX_RETIRED; i++) {
      run(new Command.AdmitMember("c2", "y" + i, 7));
    }
    assertEquals(Incarnations.MAX_RETIRED, state.incarnations().retired().size());
  }

  @Test
  void routersAreKnownByTheirEndpoint() {
    run(new Command.RegisterRouter("http://r1:6330"));
    run(new Command.RegisterRouter("http://R1:6330/"));
    assertEquals(List.of("http://r0:6330", "http://r1:6330"), state.routers());
    assertEquals(Refusal.INVALID_URL, refusal(new Command.RegisterRouter("r2:6330")));
    assertEquals(Refusal.UNKNOWN_ROUTER, refusal(new Command.RemoveRouter("http://r2:1", true)));
    run(new Command.RemoveRouter("http://R0:6330/", false));
    assertEquals(List.of("http://r1:6330"), state.routers());
    for (int i = 0; i < ClusterState.MAX_ROUTERS - 1; i++) {
      run(new Command.RegisterRouter("http://many" + i + ":1"));
    }
    assertEquals(Refusal.LIMIT_REACHED, refusal(new Command.RegisterRouter("http://more:1")));
  }

  @Test
  void replicasComeAndGoWithOneVersionEach() {
    run(new Command.AddReplica(0, " http://s0b:1 "));
    assertEquals(List.of("http://s0b:1"), state.map().shards().get(0).replicaUrls());
    assertEquals(1, state.map().version());
    assertEquals(Refusal.DUPLICATE_URL, refusal(new Command.AddReplica(0, "http://s0:6333")));
    assertEquals(Refusal.UNKNOWN_SHARD, refusal(new Command.AddReplica(7, "http://x:1")));
    assertEquals(Refusal.UNKNOWN_REPLICA, refusal(new Command.RemoveReplica(0, "http://x:1")));
    run(new Command.RemoveReplica(0, "http://S0B:1/"));
    assertEquals(List.of(), state.map().shards().get(0).replicaUrls());
    assertEquals(2, state.map().version());
  }

  @Test
  void theHistorySaysWhoAskedForWhatAndHowItEnded() {
    run(add("http://s1:6333"));
    refusal(new Command.RemoveShard(42));
    var lines = state.history().since(0);
    assertEquals("add_shard http://s1:6333", lines.get(0).command());
    assertEquals("accepted: map version 1", lines.get(0).outcome());
    assertEquals("rejected: unknown_shard: no shard has id 42", lines.get(1).outcome());
    assertEquals("ops", lines.get(1).keyId());
    assertEquals(7, lines.get(1).term());
  }

  private Outcome run(Command command) {
    return apply(Proposal.of(new Stamp("c1", "ops", now), command)).outcome();
  }

  private Applied apply(Proposal proposal) {
    Applied applied = ClusterStateMachine.apply(state, new EntryId(index++, 7), proposal);
    state = applied.state();
    return applied;
  }

  private Refusal refusal(Command command) {
    return assertInstanceOf(Rejected.class, run(command)).refusal();
  }

  private Object result(Command command) {
    return assertInstanceOf(Accepted.class, run(command)).result();
  }

  private Proposal keyed(String key, String fingerprint, Command command) {
    return new Proposal(
        new Stamp("c1", "ops", now),
        Optional.of(new IdempotencyKey(key, fingerprint)),
        OptionalLong.empty(),
        command);
  }

  private static Command add(String url) {
    return new Command.AddShard(url, List.of());
  }

  private static Command bootstrap(String fingerprint, String url) {
    ShardMap map = new ShardMap(0, List.of(new Shard(0, url, List.of())), List.of(), List.of());
    return new Command.Bootstrap("uuid", fingerprint, map, 1, List.of("http://r0:6330"));
  }
}
