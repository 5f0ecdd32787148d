// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells its listeners who leads. They run one after the other on its own thread. */
final class LeadershipWatch implements Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(LeadershipWatch.class);
  private static final long RETRY_MILLIS = 50;

  /**
   * The part of a view that listeners are told about. A new term counts as a change even if this
   * member leads again.
   */
  private record Moved(boolean leads, long leadingTerm, Optional<String> leaderId) {
    static Moved of(View view) {
      return new Moved(view.leads(), view.leads() ? view.term() : 0, view.leaderId());
    }
  }

  private final RatisSettings settings;
  private final Supplier<@Nullable RaftNode> node;
  private final BooleanSupplier rejoining;
  private final Executor telling;
  private final Listeners<View> watchers = new Listeners<>();
  private Moved told = new Moved(false, 0, Optional.empty());

  LeadershipWatch(
      RatisSettings settings,
      Supplier<@Nullable RaftNode> node,
      BooleanSupplier rejoining,
      Executor telling) {
    this.settings = settings;
    this.node = node;
    this.rejoining = rejoining;
    this.telling = telling;
  }

  @Override
  public View current() {
    RaftNode log = node.get();
    if (log == null) {
      return new View(
          rejoining.getAsBoolean() ? Role.REJOINING : Role.FOLLOWER,
          false,
          0,
          Optional.empty(),
          -1);
    }
    DivisionInfo info = log.info();
    long before = info.getCurrentTerm();
    Role role = role(info);
    // A server that has closed may still call itself the leader.
    boolean ready =
        role == Role.LEADER && info.isLeaderReady() && info.getLifeCycleState().isRunning();
    // Read one after the other: a leader of one term must not be taken for the leader of another.
    long term = info.getCurrentTerm();
    return new View(role, ready && term == before, term, log.leaderId(), log.commitIndex());
  }

  private Role role(DivisionInfo info) {
    if (info.isLeader()) {
      return Role.LEADER;
    }
    if (rejoining.getAsBoolean()) {
      return Role.REJOINING;
    }
    return info.isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
  }

  @Override
  public StateView.Subscription subscribe(Consumer<View> watcher) {
    return watchers.add(watcher);
  }

  /** Checks on its own thread whether leadership has moved, and tells the listeners if so. */
  void look() {
    try {
      telling.execute(this::tell);
    } catch (RejectedExecutionException e) {
      LOG.debug("leadership moved while this member was closing");
    }
  }

  private void tell() {
    View view = current();
    Moved now = Moved.of(view);
    if (now.equals(told)) {
      return;
    }
    told = now;
    LOG.info(
        "term {}: {}, leader {}",
        view.term(),
        view.leads() ? "this member leads and is ready" : view.role(),
        view.leaderId().orElse("unknown"));
    watchers.tell(view);
  }

  @Override
  public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
    RaftNode log = node.get();
    if (log == null || !log.info().isLeader()) {
      return failed("this member does not lead; ask the leader");
    }
    if (to.isPresent() && to.get().equals(settings.memberId())) {
      return CompletableFuture.completedFuture(settings.memberId());
    }
    if (to.isPresent() && !log.votes(to.get())) {
      return failed(to.get() + " is no voting member; see the list of members");
    }
    Optional<String> target = to.or(() -> furthest(log));
    if (target.isEmpty()) {
      return failed("there is no other member to transfer it to");
    }
    CompletableFuture<String> done = new CompletableFuture<>();
    attempt(done, log, target.get(), System.nanoTime() + limit.toNanos());
    return done;
  }

  /**
   * Hands leadership to the follower with the most, if this member leads; blocks for at most twice
   * the limit.
   */
  void handOver(Duration limit) throws InterruptedException {
    if (current().role() != Role.LEADER) {
      return;
    }
    try {
      String successor =
          transfer(Optional.empty(), limit).get(limit.toMillis() * 2, TimeUnit.MILLISECONDS);
      LOG.info("transferred the leadership to {}", successor);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the leadership was not transferred; the others will elect: {}", e.toString());
    }
  }

  private static void attempt(
      CompletableFuture<String> done, RaftNode log, String target, long deadlineNanos) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    // Ratis counts the limit from when it has taken the request; the margin is for that.
    var unused =
        log.transferTo(target, Duration.ofMillis(millis))
            .orTimeout(millis + 1000, TimeUnit.MILLISECONDS)
            // Ratis answers while it holds its own lock; another attempt on this thread would
            // deadlock.
            .whenCompleteAsync(
                (reply, failure) -> {
                  if (reply != null && reply.isSuccess()) {
                    done.complete(target);
                    return;
                  }
                  Throwable why = reply == null ? failure : reply.getException();
                  if (log.info().isLeader() && System.nanoTime() < deadlineNanos) {
                    // The others may have elected it again, or Ratis refused for a moment: it hands
                    // nothing over while a member is added, nor before a new leader has applied the
                    // entries of its predecessors.
                    CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> attempt(done, log, target, deadlineNanos));
                  } else {
                    done.completeExceptionally(notHandedOver(target, why));
                  }
                });
  }

  private static TransferFailedException notHandedOver(String target, @Nullable Throwable why) {
    return new TransferFailedException(
        "The leadership was not transferred to "
            + target
            + ": "
            + why
            + ". Check that it is up and has caught up, then try again.");
  }

  private static Optional<String> furthest(RaftNode log) {
    return log.followers().stream()
        .filter(follower -> log.votes(follower.id()))
        .max(
            Comparator.comparingLong(MemberProgress::matchIndex)
                .thenComparing(MemberProgress::silence, Comparator.reverseOrder()))
        .map(MemberProgress::id);
  }

  private static CompletableFuture<String> failed(String message) {
    return CompletableFuture.failedFuture(new TransferFailedException(message));
  }
}
