package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.auth.Caller;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The way of a change into the log: submitted here if this member leads, else passed on to the
 * leader, once. While nobody leads it waits a moment for an election. All of it is asynchronous.
 */
final class Changes {
  /** Attempts begin for this long; with the time of the last one it stays below 3 s. */
  private static final Duration ATTEMPTS = Duration.ofMillis(850);

  private static final Duration FORWARD_LIMIT = Duration.ofMillis(2_100);
  private static final Duration CATCH_UP = Duration.ofSeconds(1);
  private static final Executor SOON = CompletableFuture.delayedExecutor(25, TimeUnit.MILLISECONDS);

  private final Node node;
  private final Access access;
  private final ResultBodies bodies;

  Changes(Node node, Access access, ResultBodies bodies) {
    this.node = node;
    this.access = access;
    this.bodies = bodies;
  }

  /** Answers a request with the outcome of a change. */
  void answer(Context ctx, Change change) {
    CompletableFuture<Void> answered = start(ctx, change);
    ctx.future(() -> answered);
  }

  /** Likewise, for a route that is asynchronous already. */
  CompletableFuture<Void> start(Context ctx, Change change) {
    Caller caller = access.admin(ctx);
    return new Attempt(ctx, change, proposal(ctx, caller, change)).next();
  }

  private Proposal proposal(Context ctx, Caller caller, Change change) {
    return new Proposal(
        new Stamp(node.id(), caller.keyId(), node.clock().millis()),
        Idempotency.key(ctx),
        EntityTags.expected(ctx.header(Headers.IF_MATCH)),
        change.command());
  }

  /** One request, tried until it is answered or its time is over. */
  private final class Attempt {
    private final Context ctx;
    private final Change change;
    private final Proposal proposal;
    private final boolean forwarded;
    private final long started = System.nanoTime();

    Attempt(Context ctx, Change change, Proposal proposal) {
      this.ctx = ctx;
      this.change = change;
      this.proposal = proposal;
      this.forwarded = ctx.header(Forwarding.HEADER) != null;
    }

    CompletableFuture<Void> next() {
      Leadership.View view = node.leadership().current();
      if (view.leads()) {
        return submit();
      }
      Optional<URI> leader =
          view.leaderId().filter(id -> !id.equals(node.id())).flatMap(node::http);
      if (leader.isPresent() && !forwarded) {
        return forward(leader.get());
      }
      return again("no member leads the ensemble at the moment");
    }

    /** Tries again soon, unless the time is over; only for what surely never entered the log. */
    private CompletableFuture<Void> again(String reason) {
      if (System.nanoTime() - started < ATTEMPTS.toNanos() && !forwarded) {
        return CompletableFuture.runAsync(() -> {}, SOON).thenCompose(waited -> next());
      }
      Map<String, Object> members = new TreeMap<>();
      members.put("leader", node.leadership().current().leaderId().orElse(null));
      return CompletableFuture.failedFuture(
          new ApiException(
              Fault.UNAVAILABLE, reason + "; the change was not logged, try again", members));
    }

    private CompletableFuture<Void> submit() {
      if (!node.view().current().state().bootstrapped()) {
        return CompletableFuture.failedFuture(
            new ApiException(
                Fault.UNAVAILABLE, "nothing has been bootstrapped yet: there is no map to change"));
      }
      long submitted = System.nanoTime();
      return node.log().submit(proposal).thenCompose(answer -> answered(answer, submitted));
    }

    private CompletionStage<Void> answered(Submission submission, long submitted) {
      if (submission instanceof Submission.Answered answer) {
        node.recorder().committed(System.nanoTime() - submitted);
        ctx.header(Headers.APPLIED_INDEX, Long.toString(answer.index()));
        ctx.header(Headers.TERM, Long.toString(answer.term()));
        return finish(answer);
      }
      if (submission instanceof Submission.Unknown unknown) {
        return CompletableFuture.failedFuture(outcomeUnknown(unknown.reason()));
      }
      return again(
          submission instanceof Submission.Unavailable unavailable
              ? unavailable.reason()
              : "this member is not the leader any more");
    }

    private CompletionStage<Void> finish(Submission.Answered answer) {
      if (answer.outcome() instanceof Rejected rejected) {
        node.recorder().refused(rejected.refusal());
        return CompletableFuture.failedFuture(
            new RefusedException(rejected, change.seedRoute(), answer.replayed()));
      }
      if (answer.replayed()) {
        ctx.header(Headers.REPLAY, "true");
      }
      Answers.json(ctx, bodies.body(((Accepted) answer.outcome()).result(), answer.replayed()));
      return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> forward(URI leader) {
      node.recorder().forwarded();
      Map<String, String> headers = new TreeMap<>();
      for (String name :
          new String[] {
            "Authorization", "Content-Type", Headers.IDEMPOTENCY_KEY, Headers.IF_MATCH
          }) {
        Optional.ofNullable(ctx.header(name)).ifPresent(value -> headers.put(name, value));
      }
      Forwarding.Request request =
          new Forwarding.Request(
              ctx.req().getMethod(), Idempotency.pathAndQuery(ctx), headers, Body.bytes(ctx));
      return node.forwarding()
          .send(leader, request, FORWARD_LIMIT)
          .thenCompose(result -> relayed(leader, result));
    }

    private CompletionStage<Void> relayed(URI leader, Forwarding.Result result) {
      if (result instanceof Forwarding.Result.Answered answer) {
        // A 503 says that it never entered the log: the next leader may take it.
        return answer.status() == 503 ? again("the leader does not take it") : relay(answer);
      }
      if (result instanceof Forwarding.Result.Unknown unknown) {
        return CompletableFuture.failedFuture(
            outcomeUnknown("the leader at " + leader + " did not answer: " + unknown.reason()));
      }
      return again("the leader at " + leader + " cannot be reached");
    }

    private CompletionStage<Void> relay(Forwarding.Result.Answered answer) {
      for (String name :
          new String[] {
            Headers.TERM, Headers.APPLIED_INDEX, Headers.REPLAY, "ETag", "WWW-Authenticate"
          }) {
        header(answer, name).ifPresent(value -> ctx.header(name, value));
      }
      Answers.bytes(
          ctx, answer.status(), header(answer, "Content-Type").orElse(Answers.JSON), answer.body());
      Optional<Long> index =
          header(answer, Headers.APPLIED_INDEX)
              .filter(text -> text.matches("[0-9]{1,18}"))
              .map(Long::parseLong);
      if (answer.status() != 200 || index.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      // The caller may read its own write here; a member that lags longer says so by its headers.
      return node.view().awaitIndex(index.get(), CATCH_UP).handle((state, late) -> null);
    }

    private static Optional<String> header(Forwarding.Result.Answered answer, String name) {
      return answer.headers().entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .flatMap(entry -> entry.getValue().stream())
          .findFirst();
    }
  }

  private static ApiException outcomeUnknown(String reason) {
    return new ApiException(
        Fault.OUTCOME_UNKNOWN,
        reason
            + "; the change may or may not take effect: look at the map or the history, or repeat"
            + " the request with the same Idempotency-Key");
  }
}
