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
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.state.Transition.By;
import java.util.Optional;

/** What operators may ask of the active move, and in which of its states. */
final class MigrationOrders {
  static final String THROTTLE_RANGE =
      "points_per_second: wanted 0 (unlimited) to " + Long.MAX_VALUE;

  private MigrationOrders() {}

  static Applied pause(Turn turn, PauseMigration pause) {
    return turn.onActive(
        pause.migrationId(),
        migration ->
            switch (migration.state()) {
              case RUNNING, HOLDING ->
                  turn.changed(
                      migration
                          .withState(MigrationState.PAUSED)
                          .withWaitingOn(Optional.of(untilResumed(turn))));
              case PAUSED -> turn.wrongPhase(migration, "there is nothing to pause");
              default -> turn.wrongPhase(migration, "a move on its way back cannot be paused");
            });
  }

  private static WaitingOn untilResumed(Turn turn) {
    return new WaitingOn(
        "operator",
        "paused; writes still go to both sides until it is resumed",
        turn.stamp().epochMillis(),
        0,
        0);
  }

  static Applied resume(Turn turn, ResumeMigration resume) {
    return turn.onActive(
        resume.migrationId(),
        migration ->
            migration.state() == MigrationState.PAUSED
                ? turn.changed(goingOn(migration))
                : turn.wrongPhase(migration, "only a paused one can be resumed"));
  }

  static Applied throttle(Turn turn, ThrottleMigration throttle) {
    return turn.onActive(
        throttle.migrationId(),
        migration ->
            throttle.pointsPerSecond() < 0
                ? turn.rejected(Refusal.LIMIT_REACHED, THROTTLE_RANGE)
                : turn.changed(migration.withThrottle(throttle.pointsPerSecond())));
  }

  static Applied cancel(Turn turn, CancelMigration cancel) {
    return turn.onActive(cancel.migrationId(), migration -> cancel(turn, migration, cancel));
  }

  private static Applied cancel(Turn turn, Migration migration, CancelMigration cancel) {
    boolean drains = migration.plan().kind() == MigrationKind.DRAIN;
    if (cancel.keepCopies() && !drains) {
      return turn.wrongPhase(migration, "keep_copies is for a drain only");
    }
    if (migration.phase() == Phase.REVERTING) {
      // A shard that died after the cancel leaves no other way out: the copies may be the only
      // ones.
      return cancel.keepCopies() && !migration.keepCopies()
          ? turn.changed(migration.keepingCopies().withWaitingOn(Optional.empty()))
          : turn.wrongPhase(migration, "it is on its way back already");
    }
    if (!migration.reversible()) {
      return turn.rejected(
          Refusal.POINT_OF_NO_RETURN,
          Turn.named(migration)
              + ", past the point of no return; "
              + (drains ? "grow onto the shard" : "drain the shard")
              + " once it is done");
    }
    return MigrationSteps.move(
        turn,
        cancel.keepCopies() ? migration.keepingCopies() : migration,
        Phase.REVERTING,
        By.OPERATOR,
        "cancelled by " + turn.stamp().keyId());
  }

  static Applied retry(Turn turn, RetryMigration retry) {
    return turn.onActive(retry.migrationId(), migration -> retry(turn, migration, retry));
  }

  private static Applied retry(Turn turn, Migration migration, RetryMigration retry) {
    if (!migration.holds()) {
      return turn.wrongPhase(migration, "only one that holds can be retried");
    }
    if (retry.skip().isEmpty()) {
      return turn.changed(goingOn(migration.retried()));
    }
    if (!cleans(migration)) {
      return turn.wrongPhase(
          migration, "a shard can be skipped in REVERTING, SETTLING, DROPPING and COOLING only");
    }
    long skipped = retry.skip().getAsLong();
    return dirtyUrl(migration, turn.state().map(), skipped)
        .map(url -> turn.changed(goingOn(withoutWaitingFor(migration.retried(), skipped, url))))
        .orElseGet(
            () ->
                turn.rejected(
                    Refusal.UNKNOWN_SHARD,
                    "the step does not clean a shard with id " + Turn.number(skipped)));
  }

  /** Or waits for the shards that it cleans next: nothing of them is the truth any more. */
  private static boolean cleans(Migration migration) {
    return switch (migration.phase()) {
      case REVERTING, SETTLING, DROPPING, COOLING -> true;
      default -> false;
    };
  }

  /** The URL of a shard that the step under way cleans, or has to ask before it cleans. */
  private static Optional<String> dirtyUrl(Migration migration, ShardMap map, long id) {
    boolean reverting = migration.phase() == Phase.REVERTING;
    boolean cleansTheMover = (migration.plan().kind() == MigrationKind.GROW) == reverting;
    if (id == migration.plan().shardId()) {
      return cleansTheMover || asksTheMover(migration)
          ? Optional.of(migration.plan().url())
          : Optional.empty();
    }
    return cleansTheMover ? Optional.empty() : map.shard(id).map(Shard::primaryUrl);
  }

  /** Whether the shard that was to leave holds the truth about the copies to remove. */
  private static boolean asksTheMover(Migration migration) {
    return migration.plan().kind() == MigrationKind.DRAIN && migration.phase() == Phase.REVERTING;
  }

  /** While a leaving shard does not answer, the copies on the others may be the only ones. */
  private static Migration withoutWaitingFor(Migration migration, long id, String url) {
    Migration skipping = migration.skipping(id, url);
    return id == migration.plan().shardId() && asksTheMover(migration)
        ? skipping.keepingCopies()
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
