// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Three shards and one router, taken through migrations entry by entry. */
public final class Walk {
  /** The phases of a grow, in their order. */
  public static final List<Phase> GROW =
      List.of(
          Phase.PREPARED,
          Phase.JOINING,
          Phase.ADOPTING,
          Phase.COPYING,
          Phase.VERIFYING,
          Phase.WARMING,
          Phase.PROMOTED,
          Phase.SETTLING,
          Phase.DROPPING,
          Phase.COOLING,
          Phase.DONE);

  /** The phases of a drain, in their order. */
  public static final List<Phase> DRAIN =
      List.of(
          Phase.PREPARED,
          Phase.LEAVING,
          Phase.ADOPTING,
          Phase.COPYING,
          Phase.VERIFYING,
          Phase.WARMING,
          Phase.REMOVED,
          Phase.SETTLING,
          Phase.DROPPING,
          Phase.DONE);

  /** The state so far. */
  public ClusterState state = ClusterState.INITIAL;

  /** The term of the next entry. */
  public long term = 7;

  /** The member that proposes the next entry. */
  public String node = "c1";

  /** The stamp of the next entry. */
  public long now = 1_700_000_000_000L;

  private long index;

  /** Shards 0, 1 and 2 at {@code http://s0:6333} and so on, map version 0, next id 3. */
  public Walk() {
    ShardMap map =
        new ShardMap(
            0,
            List.of(shard(0), shard(1), new Shard(2, "http://s2:6333", List.of("http://s2r:1"))),
            List.of(),
            List.of());
    accepted(new Command.Bootstrap("uuid", "first", map, 3, List.of("http://r0:6330")));
  }

  private static Shard shard(long id) {
    return new Shard(id, "http://s" + id + ":6333", List.of());
  }

  /** The URLs of the shards whose ids are the digits of this text. */
  static List<String> urls(String ids) {
    return ids.chars()
        .filter(Character::isDigit)
        .mapToObj(id -> "http://s" + (char) id + ":6333")
        .toList();
  }

  Outcome run(Command command) {
    now += 1000;
    Proposal proposal = Proposal.of(new Stamp(node, "ops", now), command);
    Applied applied = ClusterStateMachine.apply(state, new EntryId(index++, term), proposal);
    state = applied.state();
    return applied.outcome();
  }

  /** Applies a command that must be taken. */
  public void accepted(Command command) {
    assertInstanceOf(Accepted.class, run(command), () -> command + " after " + state);
  }

  /** Applies a command that must be refused, and leave map, migrations, routers and ids alone. */
  Rejected rejected(Command command) {
    ClusterState before = state;
    Rejected refused = assertInstanceOf(Rejected.class, run(command), () -> command.toString());
    assertEquals(before.map(), state.map());
    assertEquals(before.migrations(), state.migrations());
    assertEquals(before.routers(), state.routers());
    assertEquals(before.nextId(), state.nextId(), "no id is used up");
    return refused;
  }

  Refusal refusal(Command command) {
    return rejected(command).refusal();
  }

  Migration migration() {
    return state.migrations().active().orElseThrow();
  }

  Migration ended(long id) {
    return state.migrations().finished().get(id);
  }

  /** The plan of a grow onto a URL. */
  public static MigrationPlan grow(String url) {
    return new MigrationPlan(MigrationKind.GROW, 0, url, List.of(), false, List.of("kept"));
  }

  /** The plan of a drain. */
  public static MigrationPlan drain(long id) {
    return new MigrationPlan(MigrationKind.DRAIN, id, "", List.of(), false, List.of());
  }

  Command start(MigrationPlan plan) {
    return new Command.StartMigration(plan, 0, term);
  }

  /** A grow onto a fourth shard, or a drain of shard 1. */
  public void start(MigrationKind kind) {
    accepted(start(kind == MigrationKind.GROW ? grow("http://s3:6333") : drain(1)));
  }

  Command advance(Phase from, Phase to) {
    return new Command.AdvanceMigration(migration().id(), from, to, "because", term);
  }

  /** Walks a migration that was started forward to a phase. */
  public void to(Phase phase) {
    List<Phase> path = migration().plan().kind() == MigrationKind.GROW ? GROW : DRAIN;
    while (state.migrations().active().isPresent() && migration().phase() != phase) {
      Phase from = migration().phase();
      accepted(advance(from, path.get(path.indexOf(from) + 1)));
    }
  }

  /** A report that one part stands here. */
  public Command progress(long done, Optional<WaitingOn> waitingOn) {
    return new Command.ReportProgress(
        migration().id(), migration().phase(), report(done), waitingOn, term);
  }

  static MigrationProgress report(long done) {
    return new MigrationProgress(
        100,
        done,
        10 * done,
        50,
        1,
        List.of(new MigrationPart("docs", 0, 3, 100, done, done, "p", false)));
  }

  /** Holds the migration under way. */
  public Command hold(String detail) {
    return hold(detail, List.of());
  }

  /** Holds the migration under way for some shards. */
  public Command hold(String detail, List<String> urls) {
    return new Command.HoldMigration(
        migration().id(),
        migration().phase(),
        new WaitingOn("router", detail, urls, now, 3, now + 2000),
        term);
  }

  /** Restores a backup of this state in which a shard is leaving without a migration. */
  public static Command leaving(ClusterState state, long shardId) {
    ShardMap map = state.map();
    ShardMap leaving = new ShardMap(map.version(), map.shards(), map.joining(), List.of(shardId));
    return new Command.Restore(
        new BackupContent("uuid", leaving, state.nextId(), state.highestVersion(), state.routers()),
        0,
        0);
  }

  Command cancel() {
    return new Command.CancelMigration(migration().id(), false);
  }

  /** Tries again what it waits for now. */
  public Command retry(OptionalLong skip) {
    return new Command.RetryMigration(
        migration().id(), skip, migration().waitingOn().map(WaitingOn::id));
  }
}
