// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.RefusedException;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Attempt;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.api.request.LongPolls;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one migration, on the leader, in four steps: ask the rules, check shards and routers, log
 * the start, wait for the map of the migration.
 *
 * <p>The rules are applied to the newest state without logging. A refusal is logged, and uses up
 * its shard id, only if it holds for as long as the map stays the same. The start is logged for the
 * map that was checked and for no other, so that no migration starts unchecked.
 */
final class MigrationStarter {
  private static final Logger LOG = LoggerFactory.getLogger(MigrationStarter.class);

  private static final String OTHER_MAP = "the map changed while the migration was being checked";

  /** The share of the time to answer that the checks may take; the rest is for entry and map. */
  private static final double FOR_CHECKS = 0.8;

  private final ApiContext node;
  private final CommandHandler changes;
  private final ResultJson bodies;
  private final LongPolls waiters;

  /**
   * What is asked for.
   *
   * @param proposal the start, as far as it is known before the checks
   * @param asked what the checks look at
   * @param nanos when it came
   */
  record Request(Context ctx, Proposal proposal, MigrationRequest asked, long nanos) {}

  MigrationStarter(ApiContext node, CommandHandler changes, ResultJson bodies, LongPolls waiters) {
    this.node = node;
    this.changes = changes;
    this.bodies = bodies;
    this.waiters = waiters;
  }

  /** The command that starts a plan; its author is who leads now. */
  Command.StartMigration command(MigrationPlan plan) {
    return command(plan, node.leadership().current().term());
  }

  private Command.StartMigration command(MigrationPlan plan, long leaderTerm) {
    return new Command.StartMigration(
        plan, node.migrations().throttlePointsPerSecond(), leaderTerm);
  }

  /** Says what would happen; as {@link LeaderForwarder#answer} wants it. */
  CompletableFuture<Attempt> dryRun(Request request) {
    Proposal proposal = request.proposal();
    Applied preview =
        preview(
            node.view().current(),
            new Proposal(
                proposal.stamp(), Optional.empty(), proposal.expectedMapVersion(), bare(proposal)));
    if (preview.outcome() instanceof Rejected rejected) {
      return CompletableFuture.failedFuture(
          changes.refusal(CommandRequest.quiverRoute(proposal.command()), rejected, false));
    }
    return checked(request, true)
        .thenApply(
            checked -> {
              Responses.json(request.ctx(), PreflightJson.bytes(checked));
              return new Attempt.Answered();
            });
  }

  /** Starts it; as {@link LeaderForwarder#answer} wants it. */
  CompletableFuture<Attempt> run(Request request) {
    AppliedState seen = node.view().current();
    Command.StartMigration bare = bare(request.proposal());
    Applied preview = preview(seen, with(request.proposal(), bare));
    if (preview.replayed()) {
      return repeated(request, preview);
    }
    if (preview.outcome() instanceof Rejected rejected) {
      if (lasts(rejected.refusal())) {
        return submit(request, seen, bare);
      }
      return changes.refuse(CommandRequest.quiverRoute(bare), rejected, false);
    }
    return checked(request, false)
        .thenCompose(
            checked -> {
              if (checked.firstFailed().isPresent()) {
                return CompletableFuture.failedFuture(refused(checked.firstFailed().get()));
              }
              MigrationPlan plan =
                  checked
                      .plan()
                      .orElseThrow(() -> new IllegalStateException("all is well, and no plan"));
              return submit(request, seen, command(plan, bare.leaderTerm()));
            });
  }

  /**
   * Whether the refusal depends on the map only. Other refusals may no longer hold when the entry
   * is applied, so they are answered without being logged.
   */
  private static boolean lasts(Refusal refusal) {
    return switch (refusal) {
      case INVALID_URL,
          DUPLICATE_URL,
          UNKNOWN_SHARD,
          LAST_SHARD,
          STILL_JOINING,
          ALREADY_LEAVING,
          NO_ACTIVE_SHARD_LEFT,
          LIMIT_REACHED,
          COUNTER_EXHAUSTED,
          MANUAL_MEMBERSHIP ->
          true;
      default -> false;
    };
  }

  private Command.StartMigration bare(Proposal proposal) {
    return command(((Command.StartMigration) proposal.command()).plan());
  }

  private static Proposal with(Proposal proposal, Command command) {
    return new Proposal(
        proposal.stamp(), proposal.idempotencyKey(), proposal.expectedMapVersion(), command);
  }

  /** What the rules would say now. */
  private Applied preview(AppliedState seen, Proposal proposal) {
    return ClusterStateMachine.apply(
        seen.state(), new EntryId(seen.index() + 1, node.leadership().current().term()), proposal);
  }

  private CompletableFuture<PreflightReport> checked(Request request, boolean dryRun) {
    long limit = (long) (FOR_CHECKS * node.migrations().answerWithin().toMillis());
    return node.migrations()
        .checks()
        .check(request.asked(), dryRun)
        .thenCompose(this::prepared)
        .orTimeout(limit, TimeUnit.MILLISECONDS)
        .handle(
            (checked, failure) -> {
              if (failure != null) {
                throw unchecked(failure, limit);
              }
              return checked;
            });
  }

  /** Only a report with a plan leads to a start. */
  private CompletableFuture<PreflightReport> prepared(PreflightReport report) {
    return report.plan().isEmpty()
        ? CompletableFuture.completedFuture(report)
        : node.migrations().checks().prepare().thenApply(ready -> report);
  }

  private static ApiException unchecked(Throwable failure, long limit) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    LOG.warn("a migration could not be checked", cause);
    String why =
        cause instanceof TimeoutException
            ? "the checks did not end within " + limit + " ms"
            : "the checks could not be made: " + cause.getMessage();
    return new ApiException(Fault.UNAVAILABLE, why + "; nothing was started");
  }

  private static ApiException refused(Check failed) {
    return new ApiException(
        Fault.CONFLICT, failed.name() + ": " + failed.detail(), Map.of("check", failed.name()));
  }

  /** Logs a start if this member still leads, for the map that was checked. */
  private CompletableFuture<Attempt> submit(
      Request request, AppliedState seen, Command.StartMigration command) {
    Leadership.View view = node.leadership().current();
    if (!view.leads() || view.term() != command.leaderTerm()) {
      return CompletableFuture.completedFuture(
          new Attempt.NotLogged("the leader changed while the migration was being checked"));
    }
    long version = seen.state().map().version();
    if (node.view().current().state().map().version() != version) {
      return CompletableFuture.completedFuture(new Attempt.NotLogged(OTHER_MAP));
    }
    Proposal proposal =
        new Proposal(
            request.proposal().stamp(),
            request.proposal().idempotencyKey(),
            OptionalLong.of(version),
            command);
    return changes
        .submit(
            request.ctx(),
            CommandRequest.quiverRoute(command),
            proposal,
            (result, replayed) -> accepted(request, result, replayed))
        .exceptionallyCompose(
            failure ->
                isOtherMap(failure)
                    ? CompletableFuture.completedFuture(new Attempt.NotLogged(OTHER_MAP))
                    : CompletableFuture.failedFuture(failure));
  }

  /** Whether the map changed after the checks; the version that the caller expects came before. */
  private static boolean isOtherMap(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RefusedException refused
        && refused.rejected().refusal() == Refusal.VERSION_MISMATCH;
  }

  private CompletableFuture<Attempt> repeated(Request request, Applied first) {
    request.ctx().header(Headers.REPLAY, "true");
    if (first.outcome() instanceof Rejected rejected) {
      return changes.refuse(
          CommandRequest.quiverRoute(request.proposal().command()), rejected, true);
    }
    return accepted(request, ((Accepted) first.outcome()).result(), true)
        .toCompletableFuture()
        .thenApply(done -> new Attempt.Answered());
  }

  /** Waits for the map of the migration, then answers with it. */
  private CompletionStage<Void> accepted(Request request, Result result, boolean replayed) {
    long id = ((MigrationResult) result).id();
    Duration left =
        node.migrations().answerWithin().minusNanos(System.nanoTime() - request.nanos());
    return waiters
        .await(applied -> begun(applied, id), left.isNegative() ? Duration.ZERO : left)
        .exceptionally(full -> false)
        .thenAccept(
            inTime -> {
              Optional<Migration> migration = node.view().current().state().migrations().find(id);
              if (!inTime) {
                throw about(
                    id,
                    Fault.OUTCOME_UNKNOWN,
                    "was started, but its map is not published yet: look at the migration");
              }
              if (migration.filter(MigrationStarter::neverPublished).isPresent()) {
                throw about(
                    id,
                    Fault.CONFLICT,
                    "ended before its map was published: "
                        + migration.flatMap(Migration::error).orElse("it was given up"));
              }
              write(request.ctx(), migration, replayed);
            });
  }

  private static ApiException about(long id, Fault fault, String what) {
    return new ApiException(
        fault, "migration " + id + " " + what, Map.of("migration", JsonValues.u64(id)));
  }

  /** Whether its map is published or never will be; a forgotten migration ended long ago. */
  private static boolean begun(AppliedState applied, long id) {
    return applied
        .state()
        .migrations()
        .find(id)
        .map(migration -> migration.phase() != Phase.PREPARED)
        .orElse(applied.state().migrations().nextId() > id);
  }

  private static boolean neverPublished(Migration migration) {
    return migration.versionDuring().isEmpty();
  }

  private void write(Context ctx, Optional<Migration> migration, boolean replayed) {
    migration
        .flatMap(MigrationStarter::publishing)
        .ifPresent(
            step -> {
              ctx.header(Headers.APPLIED_INDEX, Long.toString(step.index()));
              ctx.header(Headers.TERM, Long.toString(step.term()));
            });
    long version =
        migration
            .map(Migration::versionDuring)
            .orElse(OptionalLong.empty())
            .orElse(node.view().current().state().map().version());
    Responses.json(ctx, bodies.body(new MapResult(version), replayed));
  }

  /** The entry that published its map: a follower waits for it, so that its caller sees the map. */
  private static Optional<PhaseEntry> publishing(Migration migration) {
    return migration.steps().stream().filter(step -> step.phase() != Phase.PREPARED).findFirst();
  }
}
