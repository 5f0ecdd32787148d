// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;
import java.util.stream.Stream;

/** What rules out what: work on the points of all shards, and changes of the map. */
final class Exclusion {
  private Exclusion() {}

  /** Why the map must stay as it is now, and no migration may begin; empty if nothing says so. */
  static Optional<Applied> ofChange(EntryContext context) {
    ClusterState state = context.state();
    Optional<Migration> active = state.migrations().active();
    if (active.isPresent()) {
      return Optional.of(context.blockedBy(active.get()));
    }
    return state
        .backups()
        .running()
        .map(backup -> context.rejected(Refusal.BACKUP_ACTIVE, busy(backup)))
        .or(() -> SweepRules.blocking(context));
  }

  /** Why no work on the points of all shards may begin now; empty if it may. */
  static Optional<Applied> ofWork(EntryContext context) {
    ClusterState state = context.state();
    return ofChange(context)
        .or(() -> beginning(state).map(plan -> context.rejected(Refusal.PLAN_ACTIVE, busy(plan))))
        .or(
            () ->
                state
                    .checks()
                    .running()
                    .map(check -> context.rejected(Refusal.CHECK_ACTIVE, busy(check))))
        .or(
            () ->
                moving(state.map())
                    .map(id -> context.rejected(Refusal.MANUAL_MEMBERSHIP, moves(id))));
  }

  /** The plan whose next step the leader begins as soon as it is idle. */
  static Optional<ClusterPlan> beginning(ClusterState state) {
    return state.plans().active().filter(plan -> plan.next().isPresent());
  }

  /** Whether a refusal passes by itself: the leader asks again. */
  static boolean passes(Refusal refusal) {
    return refusal == Refusal.MIGRATION_ACTIVE
        || refusal == Refusal.BACKUP_ACTIVE
        || refusal == Refusal.SWEEP_ACTIVE;
  }

  private static String busy(ClusterBackup backup) {
    return "backup "
        + Unsigned.text(backup.id())
        + " is being taken, and nothing may move points meanwhile; wait for its end, or stop it";
  }

  private static String busy(ClusterPlan plan) {
    return "plan "
        + Unsigned.text(plan.id())
        + " is about to begin its next step; wait for its end, or pause it";
  }

  private static String busy(DataCheck check) {
    return "check " + Unsigned.text(check.id()) + " is running; wait for its end, or stop it";
  }

  private static Optional<Long> moving(ShardMap map) {
    return Stream.concat(map.joining().stream(), map.leaving().stream()).findFirst();
  }

  private static String moves(long shardId) {
    return "shard "
        + Unsigned.text(shardId)
        + " joins or leaves without a migration, so that its points may be on two shards;"
        + " promote, remove or drain it first";
  }
}
