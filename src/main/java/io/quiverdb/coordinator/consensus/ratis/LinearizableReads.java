// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.ProofClock;
import io.quiverdb.coordinator.consensus.ReadUnavailableException;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads, and the age of the state according to the last of them.
 *
 * <p>Nothing else proves the age. A follower that lags still hears its leader all the time, and its
 * commit index is bounded by its own log.
 */
final class LinearizableReads implements Reads {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long RECONNECT_MILLIS = 100;
  private static final long RETRY_MILLIS = 50;

  /** The running log of this member. */
  interface Log {
    /** See {@link SteadyTerm}. */
    OptionalLong steadyTerm();

    /** A read that counts if the term was steady before and after it. */
    CompletableFuture<RaftClientReply> read();

    Optional<String> leaderId();

    /** Opens a new connection to a member; never fails. */
    CompletableFuture<Void> reconnect(String memberId);
  }

  private final String self;
  private final StateView view;
  private final ProofClock clock;
  private final Supplier<? extends @Nullable Log> log;
  private final Duration probeLimit;
  private final AtomicLong lastSentNanos = new AtomicLong(NEVER);
  private final AtomicBoolean retrying = new AtomicBoolean();
  private volatile boolean closed;

  LinearizableReads(
      RatisSettings settings,
      StateView view,
      ProofClock clock,
      Supplier<? extends @Nullable Log> log) {
    this.self = settings.memberId();
    this.view = view;
    this.clock = clock;
    this.log = log;
    this.probeLimit = settings.requestTimeout();
  }

  @Override
  public CompletableFuture<AppliedState> linearizable() {
    return read(RaftSetup.READ_TIMEOUT);
  }

  private CompletableFuture<AppliedState> read(Duration limit) {
    Log running = log.get();
    if (running == null) {
      return unavailable("this member is starting");
    }
    // Read the clock first: if the process is paused from here on, its state must count as old.
    long sent = clock.nanos();
    OptionalLong term = running.steadyTerm();
    if (term.isEmpty()) {
      return unavailable("leadership is changing");
    }
    CompletableFuture<AppliedState> answer = new CompletableFuture<>();
    var unused =
        send(running)
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (reply, failure) -> {
                  if (reply == null || !reply.isSuccess()) {
                    answer.completeExceptionally(refusal(reply, failure));
                  } else if (running.steadyTerm().equals(term)) {
                    lastSentNanos.accumulateAndGet(sent, LinearizableReads::later);
                    answer.complete(view.current());
                  } else {
                    answer.completeExceptionally(
                        new ReadUnavailableException("leadership is changing"));
                  }
                });
    return answer;
  }

  /**
   * A follower asks the leader. If an earlier connection was refused, it tries once more over a new
   * one.
   */
  private CompletableFuture<RaftClientReply> send(Log running) {
    return running
        .read()
        .exceptionallyCompose(
            failure -> {
              Optional<String> leader = running.leaderId().filter(id -> !id.equals(self));
              if (!isUnreachable(failure) || leader.isEmpty()) {
                return CompletableFuture.failedFuture(failure);
              }
              // A refused connection closes at once; do not wait for one whose packets are lost.
              return running
                  .reconnect(leader.get())
                  .completeOnTimeout(null, RECONNECT_MILLIS, TimeUnit.MILLISECONDS)
                  .thenCompose(done -> running.read());
            });
  }

  private static boolean isUnreachable(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  private static ReadUnavailableException refusal(
      @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    Throwable why = reply == null ? failure : reply.getException();
    return new ReadUnavailableException(
        why instanceof TimeoutException
            ? "no leader confirmed the read in time"
            : "no leader confirmed the read: " + (why == null ? reply : why.getMessage()));
  }

  private static long later(long one, long other) {
    return one == NEVER || other - one > 0 ? other : one;
  }

  private static CompletableFuture<AppliedState> unavailable(String reason) {
    return CompletableFuture.failedFuture(new ReadUnavailableException(reason));
  }

  /**
   * Sends the next probe, also while others are under way. Probes that a leader took before it fell
   * silent only come back by their time-out, and its successor answers this one. A refused probe,
   * as while leadership changes, is repeated soon.
   */
  void refresh() {
    if (log.get() == null || closed) {
      return;
    }
    var unused =
        read(probeLimit)
            .whenComplete(
                (state, failure) -> {
                  if (failure != null && retrying.compareAndSet(false, true)) {
                    CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(
                            () -> {
                              retrying.set(false);
                              refresh();
                            });
                  }
                });
  }

  /** Sends no more probes. */
  void close() {
    closed = true;
  }

  @Override
  public Optional<Duration> staleness() {
    long sent = lastSentNanos.get();
    return sent == NEVER
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, clock.nanos() - sent)));
  }
}
