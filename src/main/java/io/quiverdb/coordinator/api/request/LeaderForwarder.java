// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.member.Forwarding;
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
 * Has the leader serve a request: here if this member leads, else by forwarding it once. Without a
 * leader it waits shortly for an election. Asynchronous. Thread-safe.
 */
public final class LeaderForwarder {
  /** No new attempt starts after this; with one ordinary attempt a request stays below 3 s. */
  static final Duration ATTEMPTS = Duration.ofMillis(850);

  /** The time-out of the leader for one log entry. */
  public static final Duration ONE_ENTRY = Duration.ofMillis(2_100);

  /** How long an answer waits until this member has applied the change. */
  static final Duration CATCH_UP = Duration.ofSeconds(1);

  private static final Executor AFTER_RETRY_PAUSE =
      CompletableFuture.delayedExecutor(25, TimeUnit.MILLISECONDS);

  private final ApiContext node;
  private final RequestForwarder members;

  /** The work of a request. */
  @FunctionalInterface
  public interface Work {
    /** One attempt on this member as the leader; another one follows if nothing was logged. */
    CompletableFuture<Attempt> here();

    /** One attempt at another member that leads. */
    default CompletableFuture<Attempt> at(URI leader) {
      return CompletableFuture.completedFuture(new Attempt.NotGathered());
    }
  }

  /** Serves requests through this member and its connections to the others. */
  public LeaderForwarder(ApiContext node, RequestForwarder members) {
    this.node = node;
    this.members = members;
  }

  /**
   * Answers a request at the leader.
   *
   * @param limit how long the leader may take
   */
  public CompletableFuture<Void> answer(Context ctx, Duration limit, Work work) {
    return new Tries(ctx, limit, work).next();
  }

  /** The problem of a change whose outcome is unknown. */
  public static ApiException outcomeUnknown(String reason) {
    return new ApiException(
        Fault.OUTCOME_UNKNOWN,
        reason
            + "; the change may or may not take effect: check the map or the history, or"
            + " repeat the request with the same Idempotency-Key");
  }

  /** One request, which is retried until it is answered or its time-out passes. */
  private final class Tries {
    private final Context ctx;
    private final Duration limit;
    private final Work work;
    private final boolean forwarded;
    private final long started = System.nanoTime();

    Tries(Context ctx, Duration limit, Work work) {
      this.ctx = ctx;
      this.limit = limit;
      this.work = work;
      this.forwarded = RequestForwarder.isForwarded(ctx);
    }

    CompletableFuture<Void> next() {
      Leadership.View view = node.leadership().current();
      if (view.leads()) {
        return work.here().thenCompose(this::ended);
      }
      Optional<URI> leader =
          view.leaderId().filter(id -> !id.equals(node.id())).flatMap(node::http);
      if (leader.isPresent() && !forwarded) {
        return forward(leader.get());
      }
      return again("no member leads the ensemble at the moment");
    }

    private CompletableFuture<Void> ended(Attempt attempt) {
      return attempt instanceof Attempt.NotLogged undone
          ? again(undone.reason())
          : CompletableFuture.completedFuture(null);
    }

    private boolean mayTryAgain() {
      return System.nanoTime() - started < ATTEMPTS.toNanos() && !forwarded;
    }

    /**
     * Retries soon, unless the time-out has passed. Only for a change that surely never entered the
     * log.
     */
    private CompletableFuture<Void> again(String reason) {
      if (mayTryAgain()) {
        return CompletableFuture.runAsync(() -> {}, AFTER_RETRY_PAUSE)
            .thenCompose(waited -> next());
      }
      Map<String, Object> members = new TreeMap<>();
      members.put("leader", node.leadership().current().leaderId().orElse(null));
      return CompletableFuture.failedFuture(
          new ApiException(
              Fault.UNAVAILABLE, reason + "; the change was not logged, try again", members));
    }

    private CompletableFuture<Void> forward(URI leader) {
      node.recorder().forwarded();
      return work.at(leader)
          .thenCompose(
              attempt ->
                  attempt instanceof Attempt.NotGathered
                      ? members
                          .pass(ctx, leader, limit)
                          .thenCompose(result -> relayed(leader, result))
                      : ended(attempt));
    }

    private CompletionStage<Void> relayed(URI leader, Forwarding.Result result) {
      if (result instanceof Forwarding.Result.Answered answer) {
        // 503 means that it never entered the log: the next leader may accept it.
        return answer.status() == 503 && mayTryAgain()
            ? again("the leader does not take it")
            : relay(answer);
      }
      if (result instanceof Forwarding.Result.Unknown unknown) {
        return CompletableFuture.failedFuture(
            outcomeUnknown("the leader at " + leader + " did not answer: " + unknown.reason()));
      }
      return again("the leader at " + leader + " cannot be reached");
    }

    private CompletionStage<Void> relay(Forwarding.Result.Answered answer) {
      RequestForwarder.relay(
          ctx,
          answer,
          Headers.TERM,
          Headers.APPLIED_INDEX,
          Headers.REPLAY,
          "ETag",
          "Retry-After",
          "WWW-Authenticate");
      Optional<Long> index =
          RequestForwarder.header(answer, Headers.APPLIED_INDEX)
              .filter(text -> text.matches("[0-9]{1,18}"))
              .map(Long::parseLong);
      if (answer.status() >= 300 || index.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      // So the caller can read its own write here; if this member lags longer, its headers show it.
      return node.view().awaitIndex(index.get(), CATCH_UP).handle((state, late) -> null);
    }
  }
}
