// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Submission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The commands that this member has submitted and not yet answered, with the progress of each. So
 * it can distinguish "surely not in the log" from "unknown". Thread-safe.
 */
final class PendingCommands {
  /** How far a command has come. */
  enum Stage {
    /** On its way to the log. */
    WAITING,
    /** The log has accepted it, but has not begun to append it. */
    STARTED,
    /** It may be in the log, even if it is given up from now on. */
    ENTERED,
    /** Given up while it was waiting; the log must not append it. */
    ABANDONED
  }

  /** One command. */
  static final class Pending {
    private final byte[] bytes;
    private final long deadlineNanos;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private final CompletableFuture<Submission> result = new CompletableFuture<>();

    private Pending(byte[] bytes, long deadlineNanos) {
      this.bytes = bytes;
      this.deadlineNanos = deadlineNanos;
    }

    byte[] bytes() {
      return bytes;
    }

    CompletableFuture<Submission> result() {
      return result;
    }

    /** The log accepts it; false if it has been given up. */
    boolean start() {
      return stage.compareAndSet(Stage.WAITING, Stage.STARTED);
    }

    /** The log begins to append it. */
    void enter() {
      stage.set(Stage.ENTERED);
    }

    boolean mayBeInTheLog() {
      return stage.get() == Stage.ENTERED;
    }

    private Submission timedOut() {
      if (stage.compareAndSet(Stage.WAITING, Stage.ABANDONED)) {
        return new Submission.Unavailable("the log did not take the command within its time-out");
      }
      return new Submission.Unknown(
          "no majority confirmed the command within its time-out; it may still commit");
    }
  }

  private final Set<Pending> underWay = ConcurrentHashMap.newKeySet();
  private final Map<Long, CommandBatch> batches = new ConcurrentHashMap<>();
  private final AtomicLong lastCallId = new AtomicLong();
  private final int limit;

  PendingCommands(int limit) {
    this.limit = limit;
  }

  /** Adds a new command; empty if too many are under way. */
  Optional<Pending> enter(byte[] bytes, long deadlineNanos) {
    if (underWay.size() >= limit) {
      return Optional.empty();
    }
    Pending pending = new Pending(bytes, deadlineNanos);
    underWay.add(pending);
    return Optional.of(pending);
  }

  /** Combines commands into a batch, identified by the call that submits it to the log. */
  CommandBatch batch(List<Pending> commands) {
    CommandBatch batch = new CommandBatch(lastCallId.incrementAndGet(), commands);
    batches.put(batch.callId(), batch);
    return batch;
  }

  /** The batch of a call that has not come back. */
  @Nullable CommandBatch find(long callId) {
    return batches.get(callId);
  }

  /** The call has come back: the log will not ask for this batch any more. */
  void forget(CommandBatch batch) {
    batches.remove(batch.callId());
  }

  /** Answers a command; the first answer counts. */
  void answer(Pending pending, Submission answer) {
    underWay.remove(pending);
    pending.result.complete(answer);
  }

  /** Answers the commands whose time-out has passed. */
  void expire(long nowNanos) {
    for (Pending pending : underWay) {
      if (nowNanos - pending.deadlineNanos >= 0) {
        answer(pending, pending.timedOut());
      }
    }
  }

  int size() {
    return underWay.size();
  }
}
