// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.RefusedException;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Attempt;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The common part of changes for which the leader checks shards and routers before it logs them.
 * Such a change is logged only for the map that was checked, so that none is made unchecked.
 * Thread-safe.
 */
final class CheckedChange {
  private static final Logger LOG = LoggerFactory.getLogger(CheckedChange.class);

  /** The share of the time to answer that the checks may take; the rest is for entry and map. */
  private static final double FOR_CHECKS = 0.8;

  private final ApiContext node;
  private final CommandHandler changes;
  private final String what;

  /**
   * For one kind of change.
   *
   * @param what its name, for the operator
   */
  CheckedChange(ApiContext node, CommandHandler changes, String what) {
    this.node = node;
    this.changes = changes;
    this.what = what;
  }

  /** What the rules would say now. */
  Applied preview(AppliedState seen, Proposal proposal) {
    return ClusterStateMachine.apply(
        seen.state(), new EntryId(seen.index() + 1, node.leadership().current().term()), proposal);
  }

  /**
   * Says what a change would do: what the rules refuse, or else what the checks find. An
   * idempotency key is neither looked up nor kept.
   *
   * @param body the JSON of what they find
   */
  <T> CompletableFuture<Attempt> dryRun(
      Context ctx,
      CommandRequest change,
      Proposal proposal,
      Supplier<CompletableFuture<T>> checks,
      Function<T, byte[]> body) {
    Proposal bare =
        new Proposal(
            proposal.stamp(), Optional.empty(), proposal.expectedMapVersion(), change.command());
    if (preview(node.view().current(), bare).outcome() instanceof Rejected rejected) {
      return CompletableFuture.failedFuture(changes.refusal(change, rejected, false));
    }
    return inTime(checks.get())
        .thenApply(
            found -> {
              Responses.json(ctx, body.apply(found));
              return new Attempt.Answered();
            });
  }

  /**
   * Whether the refusal depends on the map only. Other refusals may no longer hold when the entry
   * is applied, so they are answered without being logged.
   */
  static boolean lasts(Refusal refusal) {
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

  /** The results of checks, or 503 if there are none in time. */
  <T> CompletableFuture<T> inTime(CompletableFuture<T> checks) {
    long limit = (long) (FOR_CHECKS * node.migrations().answerWithin().toMillis());
    return checks
        .orTimeout(limit, TimeUnit.MILLISECONDS)
        .handle(
            (checked, failure) -> {
              if (failure != null) {
                throw unchecked(failure, limit);
              }
              return checked;
            });
  }

  private ApiException unchecked(Throwable failure, long limit) {
    Throwable cause = ErrorMapper.cause(failure);
    LOG.warn("{} could not be checked", what, cause);
    String why =
        cause instanceof TimeoutException
            ? "the checks did not end within " + limit + " ms"
            : "the checks could not be made: " + cause.getMessage();
    return new ApiException(Fault.UNAVAILABLE, why + "; nothing was changed");
  }

  /** 409 with the name of the check. */
  static ApiException refused(Check failed) {
    return new ApiException(
        Fault.CONFLICT, failed.name() + ": " + failed.detail(), Map.of("check", failed.name()));
  }

  /**
   * Logs a change if this member still leads, for the map that was checked.
   *
   * @param seen with that map
   * @param term of this leader when the checks began
   */
  CompletableFuture<Attempt> submit(
      Context ctx,
      CommandRequest request,
      Proposal proposal,
      AppliedState seen,
      long term,
      CommandHandler.OnAccepted accepting) {
    Leadership.View view = node.leadership().current();
    if (!view.leads() || view.term() != term) {
      return notLogged("the leader changed while " + what + " was being checked");
    }
    String otherMap = "the map changed while " + what + " was being checked";
    long version = seen.state().map().version();
    if (node.view().current().state().map().version() != version) {
      return notLogged(otherMap);
    }
    Proposal pinned =
        new Proposal(
            proposal.stamp(),
            proposal.idempotencyKey(),
            OptionalLong.of(version),
            request.command());
    return changes
        .submit(ctx, request, pinned, accepting)
        .exceptionallyCompose(
            failure ->
                isOtherMap(failure)
                    ? notLogged(otherMap)
                    : CompletableFuture.failedFuture(failure));
  }

  private static CompletableFuture<Attempt> notLogged(String reason) {
    return CompletableFuture.completedFuture(new Attempt.NotLogged(reason));
  }

  /** Whether the map changed after the checks; the version that the caller expects came before. */
  private static boolean isOtherMap(Throwable failure) {
    Throwable cause = ErrorMapper.cause(failure);
    return cause instanceof RefusedException refused
        && refused.rejected().refusal() == Refusal.VERSION_MISMATCH;
  }

  /** Answers a repetition as the first time. */
  CompletableFuture<Attempt> repeated(
      Context ctx, CommandRequest request, Applied first, CommandHandler.OnAccepted accepting) {
    ctx.header(Headers.REPLAY, "true");
    if (first.outcome() instanceof Rejected rejected) {
      return changes.refuse(request, rejected, true);
    }
    return accepting
        .answer(((Accepted) first.outcome()).result(), true)
        .toCompletableFuture()
        .thenApply(done -> new Attempt.Answered());
  }
}
