// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.state.Applied;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The invariants of every log entry and every request, under every leader. */
final class Invariants {
  /** Nobody may come into these while an earlier request could still change a shard. */
  private static final Set<Phase> ALL_SETTLED =
      EnumSet.of(Phase.PREPARED, Phase.PROMOTED, Phase.REMOVED, Phase.DONE, Phase.REVERTED);

  private static final String PROBE = "quiver_coordinator_probe";

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
    if (before.checks().sweeping().isPresent() && applied.state().checks().sweeping().isEmpty()) {
      nothingUnderWay("the end of a sweep");
    }
    Phase phase = newest(before).map(Migration::phase).orElse(Phase.DONE);
    Optional<Migration> migration = newest(applied.state());
    if (migration.isPresent() && migration.get().phase() != phase) {
      // A migration that has ended keeps no names of collections.
      MigrationPlan plan = newest(before).orElse(migration.get()).plan();
      entered(migration.get(), plan, applied.state().map());
    }
  }

  private void entered(Migration migration, MigrationPlan plan, ShardMap map) {
    if (ALL_SETTLED.contains(migration.phase())) {
      nothingUnderWay(migration.phase().toString());
    }
    if (migration.phase() == Phase.REVERTED
        && migration.leftDirty().isEmpty()
        && !migration.keepCopies()) {
      leavesNothing(plan, map);
    }
  }

  private void nothingUnderWay(String what) {
    for (SimShard shard : shards.all()) {
      for (Call call : shard.underWay()) {
        // Nobody misses, and nobody meets, a collection of that name.
        if (!call.toString().contains(PROBE)) {
          throw new AssertionError(
              what + " is logged while " + shard.url + " may still take " + call);
        }
      }
    }
  }

  /** What was copied is gone, and so is what was created. */
  private void leavesNothing(MigrationPlan plan, ShardMap map) {
    boolean grow = plan.grows();
    long moving = plan.shardId();
    for (SimShard shard : shards.all()) {
      boolean isMoving = shard.url.equals(plan.url());
      boolean survives =
          map.shards().stream()
              .anyMatch(one -> one.id() != moving && one.primaryUrl().equals(shard.url));
      for (String collection : (grow ? isMoving : survives) ? collections : List.<String>of()) {
        List<String> left =
            World.points(shard, collection).stream()
                .map(Point::id)
                .filter(id -> grow || owner(map, id) == moving)
                .toList();
        if (!left.isEmpty()) {
          throw new AssertionError("REVERTED, and " + shard.url + " still has " + left);
        }
        if (grow && has(shard, collection) && !plan.collectionsBefore().contains(collection)) {
          throw new AssertionError("REVERTED, and " + shard.url + " still has " + collection);
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

  private static boolean has(SimShard shard, String collection) {
    return shard.core.collections().stream()
        .anyMatch(info -> info.schema().name().equals(collection));
  }

  private static long owner(ShardMap map, String id) {
    return RendezvousHash.owner(map, id).orElseThrow();
  }

  /** The migration that is active, or else the one that ended last. */
  private static Optional<Migration> newest(ClusterState state) {
    return state
        .migrations()
        .active()
        .or(() -> state.migrations().finished().values().stream().reduce((one, next) -> next));
  }

  /** A grow does not copy again what the log says is copied. */
  void request(ClusterState state, Call call) {
    Migration migration = state.migrations().active().orElse(null);
    if (migration == null
        || migration.phase() != Phase.COPYING
        || migration.plan().kind() != MigrationKind.GROW
        || !call.method().equals("POST")) {
      return;
    }
    for (MigrationPart part : migration.progress().parts()) {
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
