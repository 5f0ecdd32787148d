// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.List;
import java.util.Optional;

/** The rule for the start of a migration: records the plan and leaves the map unchanged. */
final class MigrationStart {
  private MigrationStart() {}

  static Applied start(EntryContext context, StartMigration start, MigrationOrigin origin) {
    ClusterState state = context.state();
    Optional<Applied> busy = Exclusion.ofChange(context);
    if (busy.isPresent()) {
      return busy.get();
    }
    Optional<String> manual = manualMembership(state.map(), start.plan());
    if (manual.isPresent()) {
      return context.rejected(Refusal.MANUAL_MEMBERSHIP, manual.get());
    }
    if (!start.plan().fits()) {
      return context.rejected(
          Refusal.LIMIT_REACHED,
          "the shard has more than "
              + MigrationPlan.MAX_COLLECTIONS
              + " collections, or one whose name has over "
              + MigrationPlan.MAX_NAME
              + " characters, or all their names have over "
              + MigrationPlan.MAX_TEXT);
    }
    if (start.throttlePointsPerSecond() < 0) {
      return context.rejected(Refusal.LIMIT_REACHED, OperatorRules.THROTTLE_RANGE);
    }
    if (state.migrations().nextId() == -1L) {
      return context.rejected(Refusal.COUNTER_EXHAUSTED, "no migration id is left");
    }
    return start.plan().kind() == MigrationKind.GROW
        ? grow(context, start, origin)
        : drain(context, start, origin);
  }

  /** A drain may take over the one shard that is leaving; no other shard may join or leave. */
  private static Optional<String> manualMembership(ShardMap map, MigrationPlan plan) {
    List<Long> leaving =
        plan.kind() == MigrationKind.DRAIN
            ? map.leaving().stream().filter(id -> id != plan.shardId()).toList()
            : map.leaving();
    if (!map.joining().isEmpty()) {
      return Optional.of(
          "shard "
              + Unsigned.text(map.joining().get(0))
              + " is joining without a migration; promote or remove it first");
    }
    return leaving.stream()
        .findFirst()
        .map(
            id ->
                "shard "
                    + Unsigned.text(id)
                    + " is leaving without a migration; drain it first, or remove it if it is"
                    + " empty");
  }

  /** The id is used up even if the map would refuse the shard, as for a manual add. */
  private static Applied grow(EntryContext context, StartMigration start, MigrationOrigin origin) {
    long shardId = context.state().nextId();
    if (shardId == -1L) {
      return Rules.exhausted(context.state());
    }
    EntryContext counted = context.from(context.state().withNextId(shardId + 1));
    MigrationPlan plan = start.plan();
    MapChange joined = context.state().map().addJoining(shardId, plan.url(), plan.replicaUrls());
    return planned(counted, start, origin, shardId, joined);
  }

  private static Applied drain(EntryContext context, StartMigration start, MigrationOrigin origin) {
    long shardId = start.plan().shardId();
    return planned(context, start, origin, shardId, context.state().map().leaveFromFront(shardId));
  }

  /**
   * Records the plan.
   *
   * @param trial the result of publishing it now: a plan that the map would refuse later is refused
   *     now
   */
  private static Applied planned(
      EntryContext context,
      StartMigration start,
      MigrationOrigin origin,
      long shardId,
      MapChange trial) {
    if (trial instanceof Refused refused) {
      return context.rejected(refused.refusal(), refused.detail());
    }
    ShardMap published = ((MapChange.Changed) trial).map();
    Shard shard = published.shards().get(published.placeOf(shardId));
    ClusterState state = context.state();
    Migration migration =
        Migration.prepared(
                state.migrations().nextId(),
                start.plan().forShard(shard),
                context.step(Phase.PREPARED),
                state.map(),
                start.throttlePointsPerSecond())
            .from(origin);
    return Rules.accepted(
        state.withMigrations(state.migrations().started(migration)),
        new MigrationResult(migration.id()));
  }
}
