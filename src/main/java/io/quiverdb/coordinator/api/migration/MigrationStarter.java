// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
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
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.state.Applied;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts one migration, on the leader, in four steps: ask the rules, check shards and routers, log
 * the start, wait for the map of the migration.
 *
 * <p>The rules are applied to the newest state without logging. A refusal is logged, and uses up
 * its shard id, only if it holds for as long as the map stays the same. The start is logged for the
 * map that was checked and for no other, so that no migration starts unchecked.
 */
final class MigrationStarter {
  private final ApiContext node;
  private final CommandHandler changes;
  private final ResultJson bodies;
  private final LongPolls waiters;
  private final CheckedChange checks;

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
    this.checks = new CheckedChange(node, changes, "the migration");
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
    return checks.dryRun(
        request.ctx(),
        CommandRequest.quiverRoute(bare(request.proposal())),
        request.proposal(),
        () -> found(request, true),
        PreflightJson::bytes);
  }

  /** Starts it; as {@link LeaderForwarder#answer} wants it. */
  CompletableFuture<Attempt> run(Request request) {
    AppliedState seen = node.view().current();
    Command.StartMigration bare = bare(request.proposal());
    Applied preview = checks.preview(seen, with(request.proposal(), bare));
    if (preview.replayed()) {
      return checks.repeated(
          request.ctx(),
          CommandRequest.quiverRoute(bare),
          preview,
          (result, replayed) -> accepted(request, result, replayed));
    }
    if (preview.outcome() instanceof Rejected rejected) {
      if (CheckedChange.lasts(rejected.refusal())) {
        return submit(request, seen, bare);
      }
      return changes.refuse(CommandRequest.quiverRoute(bare), rejected, false);
    }
    return checks
        .inTime(found(request, false))
        .thenCompose(
            checked -> {
              if (checked.firstFailed().isPresent()) {
                return CompletableFuture.failedFuture(
                    CheckedChange.refused(checked.firstFailed().get()));
              }
              MigrationPlan plan =
                  checked
                      .plan()
                      .orElseThrow(() -> new IllegalStateException("all is well, and no plan"));
              return submit(request, seen, command(plan, bare.leaderTerm()));
            });
  }

  private Command.StartMigration bare(Proposal proposal) {
    return command(((Command.StartMigration) proposal.command()).plan());
  }

  private static Proposal with(Proposal proposal, Command command) {
    return new Proposal(
        proposal.stamp(), proposal.idempotencyKey(), proposal.expectedMapVersion(), command);
  }

  private CompletableFuture<PreflightReport> found(Request request, boolean dryRun) {
    return node.migrations().checks().check(request.asked(), dryRun).thenCompose(this::prepared);
  }

  /** Only a report with a plan leads to a start. */
  private CompletableFuture<PreflightReport> prepared(PreflightReport report) {
    return report.plan().isEmpty()
        ? CompletableFuture.completedFuture(report)
        : node.migrations().checks().prepare().thenApply(ready -> report);
  }

  private CompletableFuture<Attempt> submit(
      Request request, AppliedState seen, Command.StartMigration command) {
    return checks.submit(
        request.ctx(),
        CommandRequest.quiverRoute(command),
        request.proposal(),
        seen,
        command.leaderTerm(),
        (result, replayed) -> accepted(request, result, replayed));
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
