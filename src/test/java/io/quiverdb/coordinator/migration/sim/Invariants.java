package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.state.Applied;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** What must hold at every entry of the log and at every request, whoever leads. */
final class Invariants {
  /** Nobody may come into these while an earlier request could still change a shard. */
  private static final Set<Phase> ALL_SETTLED =
      EnumSet.of(Phase.PROMOTED, Phase.REMOVED, Phase.DONE, Phase.REVERTED);

  private final Shards shards;
  private final List<String> collections;

  /**
   * Those of a world.
   *
   * @param collections that no client creates or drops
   */
  Invariants(Shards shards, List<String> collections) {
    this.shards = shards;
    this.collections = collections;
  }

  /** An entry was applied. */
  void entry(ClusterState before, Command command, Applied applied) {
    stepOfTheMap(before, command, applied);
    Phase phase = newest(before);
    Phase next = newest(applied.state());
    if (next != phase && ALL_SETTLED.contains(next)) {
      for (SimShard shard : shards.all()) {
        if (shard.mayStillChange()) {
          throw new AssertionError(
              next + " is logged while " + shard.url + " may still take " + shard.underWay());
        }
      }
    }
  }

  /** Every change of the map is one step of its version, and nothing else changes it. */
  private static void stepOfTheMap(ClusterState before, Command command, Applied applied) {
    ShardMap older = before.map();
    ShardMap newer = applied.state().map();
    boolean changed = !older.equals(newer);
    if (changed && before.bootstrapped() && newer.version() != older.version() + 1) {
      throw new AssertionError("the map went from " + older + " to " + newer + " by " + command);
    }
    if (changed && !(applied.outcome() instanceof Outcome.Accepted)) {
      throw new AssertionError("a refused command changed the map: " + command);
    }
  }

  /** The phase of the move that is active, or else ended last. */
  private static Phase newest(ClusterState state) {
    return state
        .migrations()
        .active()
        .or(() -> state.migrations().finished().values().stream().reduce((one, next) -> next))
        .map(Migration::phase)
        .orElse(Phase.PREPARED);
  }

  /** A grow does not copy again what the log says is copied. */
  void request(ClusterState state, Call call) {
    Migration move = state.migrations().active().orElse(null);
    if (move == null
        || move.phase() != Phase.COPYING
        || move.plan().kind() != MigrationKind.GROW
        || !call.method().equals("POST")) {
      return;
    }
    for (MovePart part : move.progress().parts()) {
      if (collections.contains(part.collection())
          && call.path().startsWith("/v1/collections/" + part.collection() + "/points")
          && !part.lastId().isEmpty()) {
        for (String id : call.ids()) {
          OptionalLong donor = RendezvousHash.donor(state.map(), id);
          if (donor.equals(OptionalLong.of(part.from()))
              && (part.done() || Utf8Order.INSTANCE.compare(id, part.lastId()) <= 0)) {
            throw new AssertionError("'" + id + "' is copied again: " + part);
          }
        }
      }
    }
  }
}
