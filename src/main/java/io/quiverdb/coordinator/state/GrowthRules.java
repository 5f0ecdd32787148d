// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.command.GrowthCommand.BeginGrowth;
import io.quiverdb.coordinator.command.GrowthCommand.PutGrowthPolicy;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthObstacle;
import io.quiverdb.coordinator.model.GrowthObstacles;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.PlannedMap;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.GrowthResult;
import io.quiverdb.coordinator.model.Standby;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The growth policy: an operator puts it, the leader begins the migration of the next standby, and
 * what becomes of that migration is noted in the entry that ends it.
 */
final class GrowthRules {
  /** What the map has against the standby itself; all else may pass. */
  private static final Set<Refusal> FOR_GOOD =
      EnumSet.of(Refusal.INVALID_URL, Refusal.DUPLICATE_URL, Refusal.LIMIT_REACHED);

  private static final String RANGES =
      "wanted high_water_points from 1, at most "
          + GrowthPolicy.MAX_STANDBY
          + " standbys, a cooldown of at most 30 days, max_shards of at most 4096, an interval from"
          + " 1 s to an hour";

  private GrowthRules() {}

  static Applied decide(EntryContext context, GrowthCommand command) {
    if (command instanceof PutGrowthPolicy put) {
      return put(context, put);
    }
    if (command instanceof BeginGrowth begin) {
      return begin(context, begin);
    }
    throw Rules.missing(command);
  }

  private static Applied put(EntryContext context, PutGrowthPolicy put) {
    ClusterState state = context.state();
    Growth growth = state.growth();
    if (state.format() < Growth.SINCE_FORMAT) {
      return context.rejected(
          Refusal.FORMAT_MISMATCH, "format " + state.format() + " has no growth policy");
    }
    OptionalLong expected = put.expectedVersion();
    if (expected.isPresent() && expected.getAsLong() != growth.version()) {
      return new Applied(
          state,
          new Rejected(
              Refusal.VERSION_MISMATCH,
              "the growth policy is at version "
                  + Unsigned.text(growth.version())
                  + ", not "
                  + Unsigned.text(expected.getAsLong()),
              growth.version()),
          false);
    }
    if (!put.policy().fits()) {
      return context.rejected(Refusal.LIMIT_REACHED, RANGES);
    }
    PlannedMap trial = new PlannedMap(state.map(), state.nextId());
    List<Standby> pool = put.policy().standby();
    for (int i = 0; i < pool.size(); i++) {
      Optional<Refused> refused =
          trial.step(PlanStep.grow(pool.get(i).url(), pool.get(i).replicaUrls()));
      if (refused.isPresent()) {
        return context.rejected(
            refused.get().refusal(), "standby[" + i + "]: " + refused.get().detail());
      }
    }
    // How the active migration will end is not known to the operator yet.
    long since = state.migrations().active().map(Migration::id).orElse(state.migrations().nextId());
    return Rules.accepted(state.withGrowth(growth.put(put.policy(), since)), new GrowthResult());
  }

  private static Applied begin(EntryContext context, BeginGrowth begin) {
    ClusterState state = context.state();
    Growth growth = state.growth();
    if (begin.policyVersion() != growth.version()) {
      return context.rejected(
          Refusal.WRONG_STEP, "the growth policy changed while its standby was being checked");
    }
    if (begin.mapVersion() != state.map().version()) {
      return context.rejected(
          Refusal.WRONG_STEP, "the map changed while a standby was being checked");
    }
    Optional<GrowthObstacle> obstacle =
        GrowthObstacles.of(state, state.clockMillis()).stream().findFirst();
    if (obstacle.isPresent()) {
      return context.rejected(Refusal.GROWTH_OBSTACLE, obstacle.get().detail());
    }
    Standby standby = growth.next().orElseThrow();
    if (!standby.url().equals(begin.plan().url())
        || !standby.replicaUrls().equals(begin.plan().replicaUrls())) {
      return context.rejected(Refusal.WRONG_STEP, "the next standby is " + standby.url());
    }
    Applied started =
        MigrationStart.start(
            context,
            new StartMigration(begin.plan(), begin.throttlePointsPerSecond(), begin.leaderTerm()),
            MigrationOrigin.AUTOSCALE);
    ClusterState after = started.state();
    if (!(started.outcome() instanceof Rejected refused)) {
      return started.with(after.withGrowth(growth.without(standby.url())));
    }
    return FOR_GOOD.contains(refused.refusal())
        ? Rules.accepted(
            after.withGrowth(growth.failed(standby, refused.detail())), new GrowthResult())
        : started;
  }

  /**
   * Notes the end of a migration that the policy began, and takes the shards of a new map from the
   * pool: the checks of the next standby would fail for ever, and the policy could not be put back
   * with another mode.
   */
  static Applied afterwards(ClusterState before, Applied applied) {
    Applied noted = noted(before, applied);
    ClusterState state = noted.state();
    boolean sameMap = state.map().version() == before.map().version();
    if (sameMap && state.growth().equals(before.growth())) {
      return noted;
    }
    return noted.with(state.withGrowth(state.growth().withoutThoseIn(state.map())));
  }

  private static Applied noted(ClusterState before, Applied applied) {
    Optional<Migration> ended =
        PlanRules.ended(before, applied)
            .filter(migration -> migration.origin() == MigrationOrigin.AUTOSCALE);
    if (ended.isEmpty()) {
      return applied;
    }
    ClusterState state = applied.state();
    return applied.with(
        state.withGrowth(noted(state.growth(), ended.get()).ended(state.clockMillis())));
  }

  private static Growth noted(Growth growth, Migration migration) {
    if (migration.phase() == Phase.DONE) {
      return growth;
    }
    MigrationPlan plan = migration.plan();
    return growth.failed(
        Standby.of(plan.url(), plan.replicaUrls()),
        "migration "
            + Unsigned.text(migration.id())
            + " ended "
            + migration.state().wireName()
            + migration.error().map(error -> ": " + error).orElse(""));
  }
}
