// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.Idempotency;
import io.quiverdb.coordinator.api.http.RefusedException;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.auth.Caller;
import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Submits changes through the leader, and answers them. Thread-safe. */
public final class CommandHandler {
  /** The route for changes that another member has gathered. */
  public static final String FORWARDED = ForwardedChanges.PATH;

  private final ApiContext node;
  private final Access access;
  private final LeaderForwarder leader;
  private final ResultJson bodies;
  private final ForwardedChanges forwarded;

  /** Writes the answer to a change that was accepted. */
  @FunctionalInterface
  public interface OnAccepted {
    CompletionStage<Void> answer(Result result, boolean replayed);
  }

  /**
   * Submits changes through this member.
   *
   * @param others forwards requests to the other members
   */
  public CommandHandler(
      ApiContext node,
      Access access,
      LeaderForwarder leader,
      RequestForwarder others,
      ResultJson bodies) {
    this.node = node;
    this.access = access;
    this.leader = leader;
    this.bodies = bodies;
    this.forwarded = new ForwardedChanges(others::changes, node.view(), System::nanoTime);
  }

  /** Answers a request with the outcome of a change. */
  public void answer(Context ctx, CommandRequest change) {
    CompletableFuture<Void> answered = start(ctx, change);
    ctx.future(() -> answered);
  }

  /**
   * Answers a request with the outcome of a change that the leader checks first. A repetition is
   * not checked again: it gets the first answer. A precondition comes before the check.
   *
   * @param check throws the answer if nothing may be logged
   */
  public void answer(Context ctx, CommandRequest change, Runnable check) {
    CompletableFuture<Void> answered =
        start(
            ctx,
            change,
            LeaderForwarder.ONE_ENTRY,
            () -> {
              check.run();
              return CompletableFuture.completedFuture(null);
            },
            body(ctx));
    ctx.future(() -> answered);
  }

  /** Answers a request with the outcome of a change, for an asynchronous route. */
  public CompletableFuture<Void> start(Context ctx, CommandRequest change) {
    Proposal proposal = proposal(ctx, change.command());
    OnAccepted accepting = body(ctx);
    return leader.answer(
        ctx,
        LeaderForwarder.ONE_ENTRY,
        new LeaderForwarder.Work() {
          @Override
          public CompletableFuture<Attempt> here() {
            return submit(ctx, change, proposal, accepting);
          }

          @Override
          public CompletableFuture<Attempt> at(URI leader) {
            // The meaning of a precondition depends on the leader's state.
            return isShared(change.command()) && EntityTags.ifMatch(ctx).isEmpty()
                ? forward(ctx, change, proposal, accepting, leader)
                : LeaderForwarder.Work.super.at(leader);
          }
        });
  }

  private OnAccepted body(Context ctx) {
    return (result, replayed) -> {
      Responses.json(ctx, bodies.body(result, replayed));
      return CompletableFuture.completedFuture(null);
    };
  }

  /**
   * Answers a request with the outcome of a change that the leader checks first by asking others. A
   * repetition is not checked again. A precondition comes before the check.
   *
   * @param limit how long the leader may take
   * @param check throws, or completes exceptionally with, the answer if nothing may be logged
   */
  public CompletableFuture<Void> start(
      Context ctx,
      CommandRequest change,
      Duration limit,
      Supplier<CompletableFuture<Void>> check,
      OnAccepted accepting) {
    Proposal proposal = proposal(ctx, change.command());
    return leader.answer(
        ctx,
        limit,
        () -> {
          CompletableFuture<Void> checked = CompletableFuture.completedFuture(null);
          try {
            if (!isKnown(proposal)) {
              requireVersion(change, proposal);
              checked = check.get();
            }
          } catch (ApiException | RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
          }
          return checked.thenCompose(passed -> submit(ctx, change, proposal, accepting));
        });
  }

  /** Of what a precondition rules out nothing else is said (RFC 9110, section 13.2.1). */
  private void requireVersion(CommandRequest change, Proposal proposal) {
    long version = node.view().current().state().map().version();
    OptionalLong expected = proposal.expectedMapVersion();
    if (expected.isPresent() && expected.getAsLong() != version) {
      throw counted(change, Rejected.otherVersion(version, expected.getAsLong()), false);
    }
  }

  /**
   * Whether changes of this kind may share a request to the leader. This is for changes that
   * programs make by the thousand; the others are answered with a map, which may be large, or are
   * checked first.
   */
  public static boolean isShared(Command command) {
    return command instanceof Command.AllocateId;
  }

  private CompletableFuture<Attempt> forward(
      Context ctx, CommandRequest change, Proposal proposal, OnAccepted accepting, URI leader) {
    byte[] bytes = EntryCodec.current().encode(proposal, node.view().current().state().format());
    return forwarded
        .submit(leader, Optional.ofNullable(ctx.header("Authorization")).orElse(""), bytes)
        .thenCompose(
            submission ->
                submission.isPresent()
                    ? attempt(ctx, change, submission.get(), accepting)
                    : CompletableFuture.completedFuture(new Attempt.NotGathered()));
  }

  /**
   * Whether the log will only repeat the earlier answer, or refuse the key because it was used for
   * another request.
   */
  private boolean isKnown(Proposal proposal) {
    return proposal
        .idempotencyKey()
        .flatMap(
            key ->
                node.view()
                    .current()
                    .state()
                    .idempotency()
                    .expire(proposal.stamp().countedMillis())
                    .find(proposal.stamp().keyId(), key.key()))
        .isPresent();
  }

  /** The proposal of the caller, who must be an admin. */
  public Proposal proposal(Context ctx, Command command) {
    Caller caller = access.admin(ctx);
    return new Proposal(
        node.time().stamp(caller.keyId()),
        Idempotency.key(ctx),
        expectedMapVersion(ctx, command),
        command);
  }

  private OptionalLong expectedMapVersion(Context ctx, Command command) {
    // The precondition of a policy is about its own version, and stands in its command.
    return command instanceof GrowthCommand.PutGrowthPolicy
        ? OptionalLong.empty()
        : EntityTags.expected(
            EntityTags.ifMatch(ctx), node.view().current().state().map().version(), "the map");
  }

  /**
   * Submits a proposal here, on the leader, and answers the request.
   *
   * @return as {@link LeaderForwarder#answer} wants it
   */
  public CompletableFuture<Attempt> submit(
      Context ctx, CommandRequest change, Proposal proposal, OnAccepted accepting) {
    // The list of members can change before there is a map.
    return isBootstrapped() || change.command() instanceof Command.MemberCommand
        ? submit(proposal).thenCompose(submission -> attempt(ctx, change, submission, accepting))
        : CompletableFuture.failedFuture(
            new ApiException(
                Fault.UNAVAILABLE, "nothing has been bootstrapped yet: there is no map to change"));
  }

  /** Submits proposals that another member gathered; the answers have the same order. */
  public List<CompletableFuture<Submission>> submitAll(List<Proposal> proposals) {
    return isBootstrapped()
        ? proposals.stream().map(this::submit).toList()
        : Collections.nCopies(
            proposals.size(),
            CompletableFuture.completedFuture(
                new Submission.Unavailable("nothing has been bootstrapped yet")));
  }

  private boolean isBootstrapped() {
    return node.view().current().state().bootstrapped();
  }

  private CompletableFuture<Submission> submit(Proposal proposal) {
    long submitted = System.nanoTime();
    return node.log()
        .submit(proposal)
        .whenComplete(
            (submission, failure) -> {
              if (submission instanceof Submission.Answered answered) {
                node.recorder().committed(System.nanoTime() - submitted);
                if (answered.outcome() instanceof Rejected rejected) {
                  node.recorder().refused(rejected.refusal());
                }
              }
            });
  }

  private CompletableFuture<Attempt> attempt(
      Context ctx, CommandRequest change, Submission submission, OnAccepted accepting) {
    if (submission instanceof Submission.Answered answered) {
      return answered(ctx, change, answered, accepting)
          .<Attempt>thenApply(done -> new Attempt.Answered())
          .toCompletableFuture();
    }
    if (submission instanceof Submission.Unknown unknown) {
      return CompletableFuture.failedFuture(LeaderForwarder.outcomeUnknown(unknown.reason()));
    }
    return CompletableFuture.completedFuture(
        new Attempt.NotLogged(
            submission instanceof Submission.Unavailable unavailable
                ? unavailable.reason()
                : "the leader has just changed"));
  }

  private CompletionStage<Void> answered(
      Context ctx, CommandRequest change, Submission.Answered answer, OnAccepted accepting) {
    ctx.header(Headers.APPLIED_INDEX, Long.toString(answer.index()));
    ctx.header(Headers.TERM, Long.toString(answer.term()));
    if (answer.outcome() instanceof Rejected rejected) {
      return CompletableFuture.failedFuture(refusal(change, rejected, answer.replayed()));
    }
    if (answer.replayed()) {
      ctx.header(Headers.REPLAY, "true");
    }
    return accepting.answer(((Accepted) answer.outcome()).result(), answer.replayed());
  }

  /** Answers a change that was refused before the log, and counts the refusal. */
  public <T> CompletableFuture<T> refuse(
      CommandRequest change, Rejected rejected, boolean replayed) {
    return CompletableFuture.failedFuture(counted(change, rejected, replayed));
  }

  private RefusedException counted(CommandRequest change, Rejected rejected, boolean replayed) {
    node.recorder().refused(rejected.refusal());
    return refusal(change, rejected, replayed);
  }

  /** A refusal, with the migration that it is about or that prevents it. */
  public RefusedException refusal(CommandRequest change, Rejected rejected, boolean replayed) {
    return new RefusedException(
        rejected, change.quiverRoute(), replayed, migration(change, rejected, replayed));
  }

  private OptionalLong migration(CommandRequest change, Rejected rejected, boolean replayed) {
    if (rejected.refusal() != Refusal.MIGRATION_ACTIVE) {
      return change.migration();
    }
    // The migration that prevented the first attempt is not stored; the detail names it.
    return node.view()
        .current()
        .state()
        .migrations()
        .active()
        .filter(active -> !replayed)
        .map(Migration::id)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }
}
