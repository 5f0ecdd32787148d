// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.CancelMigration;
import io.quiverdb.coordinator.command.Command.PauseMigration;
import io.quiverdb.coordinator.command.Command.ResumeMigration;
import io.quiverdb.coordinator.command.Command.RetryMigration;
import io.quiverdb.coordinator.command.Command.ThrottleMigration;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.state.Transition.By;
import java.util.List;
import java.util.Optional;

/** The rules of the operators' commands about the active migration. */
final class OperatorRules {
  static final String THROTTLE_RANGE =
      "points_per_second: wanted 0 (unlimited) to " + Long.MAX_VALUE;

  private OperatorRules() {}

  static Applied pause(EntryContext context, PauseMigration pause) {
    return context.onActive(
        pause.migrationId(),
        migration ->
            switch (migration.state()) {
              case RUNNING, HOLDING ->
                  context.changed(
                      migration
                          .withState(MigrationState.PAUSED)
                          .withWaitingOn(Optional.of(untilResumed(context))));
              case PAUSED -> context.wrongPhase(migration, "there is nothing to pause");
              default ->
                  context.wrongPhase(
                      migration, "a migration that is being reverted cannot be paused");
            });
  }

  private static WaitingOn untilResumed(EntryContext context) {
    return new WaitingOn(
        "operator",
        "paused until it is resumed; before the flip, writes go to both sides meanwhile",
        context.stamp().epochMillis(),
        0,
        0);
  }

  static Applied resume(EntryContext context, ResumeMigration resume) {
    return context.onActive(
        resume.migrationId(),
        migration ->
            migration.state() == MigrationState.PAUSED
                ? context.changed(goingOn(unverified(migration)))
                : context.wrongPhase(migration, "only a paused one can be resumed"));
  }

  /**
   * Requires a new verification: routers are not polled during a pause, so one may have fallen back
   * and written to the donors alone.
   */
  private static Migration unverified(Migration migration) {
    return migration.phase() == Phase.WARMING ? migration.verifiedIn(0) : migration;
  }

  static Applied throttle(EntryContext context, ThrottleMigration throttle) {
    return context.onActive(
        throttle.migrationId(),
        migration ->
            throttle.pointsPerSecond() < 0
                ? context.rejected(Refusal.LIMIT_REACHED, THROTTLE_RANGE)
                : context.changed(migration.withThrottle(throttle.pointsPerSecond())));
  }

  static Applied cancel(EntryContext context, CancelMigration cancel) {
    return context.onActive(cancel.migrationId(), migration -> cancel(context, migration, cancel));
  }

  private static Applied cancel(EntryContext context, Migration migration, CancelMigration cancel) {
    boolean drains = migration.plan().kind() == MigrationKind.DRAIN;
    ShardMap map = context.state().map();
    if (migration.phase() == Phase.REVERTING) {
      // If a shard died after the cancel, the copies may be the only ones: allow keeping them.
      return cancel.keepCopies() && !migration.keepCopies()
          ? context.changed(keepingCopies(migration, map).withWaitingOn(Optional.empty()))
          : context.wrongPhase(migration, "it is on its way back already");
    }
    if (!migration.reversible()) {
      return context.rejected(
          Refusal.POINT_OF_NO_RETURN,
          EntryContext.named(migration)
              + ", past the point of no return; "
              + (drains ? "grow onto the shard" : "drain the shard")
              + " once it is done");
    }
    return LeaderRules.advance(
        context,
        cancel.keepCopies() ? keepingCopies(migration, map) : migration,
        Phase.REVERTING,
        By.OPERATOR,
        "cancelled by " + context.stamp().keyId());
  }

  /** Clients may write copies as soon as a published map has a joining or leaving shard. */
  private static Migration keepingCopies(Migration migration, ShardMap map) {
    long mover = migration.plan().shardId();
    boolean grow = migration.plan().kind() == MigrationKind.GROW;
    // A cancel publishes a map in which a shard that was already leaving stays.
    boolean copied =
        migration.versionDuring().isPresent()
            || migration.versionAfter().isPresent()
            || map.leaving().contains(mover);
    return migration.keepingCopies(
        !copied ? List.of() : grow ? List.of(migration.plan().url()) : othersThan(mover, map));
  }

  private static List<String> othersThan(long mover, ShardMap map) {
    return map.shards().stream()
        .filter(shard -> shard.id() != mover)
        .map(Shard::primaryUrl)
        .toList();
  }

  static Applied retry(EntryContext context, RetryMigration retry) {
    return context.onActive(retry.migrationId(), migration -> retry(context, migration, retry));
  }

  private static Applied retry(EntryContext context, Migration migration, RetryMigration retry) {
    if (!migration.holds()) {
      return context.wrongPhase(migration, "only one that holds can be retried");
    }
    Optional<WaitingOn> waiting = migration.waitingOn();
    if (!retry.hold().equals(waiting.map(WaitingOn::id))) {
      return context.wrongPhase(
          migration,
          "it waits for something else by now" + waiting.map(OperatorRules::text).orElse(""));
    }
    if (retry.skip().isEmpty()) {
      return context.changed(goingOn(migration.retryingNow()));
    }
    if (!cleans(migration)) {
      return context.wrongPhase(
          migration, "a shard can be skipped in REVERTING, SETTLING, DROPPING and COOLING only");
    }
    long skipped = retry.skip().getAsLong();
    Optional<List<String>> urls = leftBehind(migration, context.state().map(), skipped);
    if (urls.isEmpty()) {
      return context.rejected(
          Refusal.UNKNOWN_SHARD,
          "the step does not wait for a shard with id " + Unsigned.text(skipped));
    }
    if (waiting
        .filter(on -> on.names(urlsOf(migration, context.state().map(), skipped)))
        .isEmpty()) {
      return context.wrongPhase(
          migration,
          "it does not wait for shard "
              + Unsigned.text(skipped)
              + waiting.map(OperatorRules::text).orElse(""));
    }
    return context.changed(
        goingOn(withoutWaitingFor(migration.retryingNow(), skipped, urls.get())));
  }

  private static String text(WaitingOn waiting) {
    return ": " + waiting.what() + ": " + waiting.detail();
  }

  private static List<String> urlsOf(Migration migration, ShardMap map, long id) {
    return id == migration.plan().shardId()
        ? new Shard(id, migration.plan().url(), migration.plan().replicaUrls()).urls()
        : map.shard(id).map(Shard::urls).orElse(List.of());
  }

  /**
   * Whether copies are removed in this phase. Only then a shard may be skipped: waiting longer for
   * it cannot lose data.
   */
  private static boolean cleans(Migration migration) {
    return switch (migration.phase()) {
      case REVERTING, SETTLING, DROPPING, COOLING -> true;
      default -> false;
    };
  }

  /**
   * The URLs on which copies may remain if the step does not wait for a shard; empty if there is no
   * such shard. Copies remain where they cannot be deleted, and where they may be the only ones.
   */
  private static Optional<List<String>> leftBehind(Migration migration, ShardMap map, long id) {
    long mover = migration.plan().shardId();
    if (id != mover && map.shard(id).isEmpty()) {
      return Optional.empty();
    }
    if (migration.phase() == Phase.COOLING) {
      // All copies are gone already; its index may still show some.
      return Optional.of(List.of());
    }
    if (!holdsTheTruth(migration, id)) {
      return Optional.of(
          List.of(id == mover ? migration.plan().url() : map.shard(id).get().primaryUrl()));
    }
    return Optional.of(id == mover ? othersThan(mover, map) : List.of(migration.plan().url()));
  }

  /** Whether this shard owns the moved points by the newest map. */
  private static boolean holdsTheTruth(Migration migration, long id) {
    boolean grow = migration.plan().kind() == MigrationKind.GROW;
    boolean moverHasIt = grow != (migration.phase() == Phase.REVERTING);
    return moverHasIt == (id == migration.plan().shardId());
  }

  /** If the owner is skipped, the copies may be the only ones: they are kept. */
  private static Migration withoutWaitingFor(Migration migration, long id, List<String> urls) {
    Migration skipping = migration.skipping(id, urls);
    return holdsTheTruth(migration, id) && migration.phase() != Phase.COOLING
        ? skipping.keepingCopies(List.of())
        : skipping;
  }

  private static Migration goingOn(Migration migration) {
    return migration
        .withWaitingOn(Optional.empty())
        .withState(
            migration.state() == MigrationState.REVERTING
                ? MigrationState.REVERTING
                : MigrationState.RUNNING);
  }
}
