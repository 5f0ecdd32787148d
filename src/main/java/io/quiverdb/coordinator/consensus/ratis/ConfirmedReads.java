package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.ReadUnavailableException;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads, and how old the state may be by the last of them.
 *
 * <p>Nothing else proves it: a follower that lags hears its leader all the time, and its commit
 * index is capped by its own log.
 */
final class ConfirmedReads implements Reads {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long RECONNECT_MILLIS = 100;

  private final StateView view;
  private final Supplier<@Nullable RaftNode> node;
  private final Duration probeLimit;
  private final AtomicLong lastSentNanos = new AtomicLong(NEVER);

  ConfirmedReads(RatisSettings settings, StateView view, Supplier<@Nullable RaftNode> node) {
    this.view = view;
    this.node = node;
    this.probeLimit = settings.requestTimeout();
  }

  @Override
  public CompletableFuture<AppliedState> linearizable() {
    return read(RaftSetup.READ_TIMEOUT);
  }

  private CompletableFuture<AppliedState> read(Duration limit) {
    RaftNode log = node.get();
    if (log == null) {
      return unavailable("this member is starting");
    }
    // Before anything else: a process that is stopped from here on must count as old, not as fresh.
    long sent = System.nanoTime();
    CompletableFuture<AppliedState> answer = new CompletableFuture<>();
    var unused =
        send(log)
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((reply, failure) -> settle(answer, sent, reply, failure));
    return answer;
  }

  /** A follower asks the leader; a connection that was refused earlier is worth a second try. */
  private static CompletableFuture<RaftClientReply> send(RaftNode log) {
    return log.read()
        .exceptionallyCompose(
            failure -> {
              Optional<String> leader = log.leaderId();
              if (!isUnreachable(failure) || leader.isEmpty() || log.info().isLeader()) {
                return CompletableFuture.failedFuture(failure);
              }
              // One that was refused is closed at once; one whose packets are lost is not waited
              // for.
              return log.reconnect(leader.get())
                  .completeOnTimeout(null, RECONNECT_MILLIS, TimeUnit.MILLISECONDS)
                  .thenCompose(done -> log.read());
            });
  }

  private static boolean isUnreachable(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  private void settle(
      CompletableFuture<AppliedState> answer,
      long sent,
      @Nullable RaftClientReply reply,
      @Nullable Throwable failure) {
    if (reply != null && reply.isSuccess()) {
      lastSentNanos.accumulateAndGet(sent, ConfirmedReads::later);
      answer.complete(view.current());
      return;
    }
    Throwable why = reply == null ? failure : reply.getException();
    answer.completeExceptionally(
        new ReadUnavailableException(
            why instanceof TimeoutException
                ? "no leader confirmed the read in time"
                : "no leader confirmed the read: " + (why == null ? reply : why.getMessage())));
  }

  private static long later(long one, long other) {
    return one == NEVER || other - one > 0 ? other : one;
  }

  private static CompletableFuture<AppliedState> unavailable(String reason) {
    return CompletableFuture.failedFuture(new ReadUnavailableException(reason));
  }

  /**
   * Sends the next probe, also while others are out: those that a leader took which fell silent
   * come back by their time-out only, and its successor answers this one.
   */
  void refresh() {
    if (node.get() != null) {
      var unused = read(probeLimit);
    }
  }

  @Override
  public Optional<Duration> staleness() {
    long sent = lastSentNanos.get();
    return sent == NEVER
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, System.nanoTime() - sent)));
  }
}
