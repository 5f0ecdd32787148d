// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits commands through the local server. One thread hands them over, so that a stuck log blocks
 * no caller, and a command that waited too long never reaches it. While entries are being
 * replicated, the commands that arrive wait and share the next entry; a lone command never waits.
 */
final class LocalCommandLog implements CommandLog {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCommandLog.class);

  /** More than one, so that one is written while others are being replicated. */
  private static final int ENTRIES_ON_THE_WAY = 3;

  /** The log is purged by the number of its entries, so their size bounds its size on disk. */
  private static final int SHARED_ENTRY_BYTES = 3 << 10;

  /** The running log of this member. */
  interface Log {
    boolean leads();

    Optional<String> leaderId();

    /**
     * Asks the log to append the batch that is known under this call. May wait while the log is
     * stuck, so it never runs on a caller's thread.
     */
    CompletableFuture<RaftClientReply> write(long callId);
  }

  private final PendingCommands pending;
  private final EntryCodec codec;
  private final IntSupplier format;
  private final FailureListener failure;
  private final long timeoutNanos;
  private final ExecutorService handing;
  private final BlockingQueue<PendingCommands.Pending> waiting;
  private final Semaphore onTheWay = new Semaphore(ENTRIES_ON_THE_WAY);
  private volatile @Nullable Log node;
  private volatile @Nullable String closedBecause;

  LocalCommandLog(
      RatisSettings settings,
      PendingCommands pending,
      EntryCodec codec,
      IntSupplier format,
      FailureListener failure) {
    this.pending = pending;
    this.codec = codec;
    this.format = format;
    this.failure = failure;
    this.timeoutNanos = settings.requestTimeout().toNanos();
    this.handing =
        Executors.newSingleThreadExecutor(DaemonThreads.named(settings.memberId() + "-commands"));
    this.waiting = new ArrayBlockingQueue<>(settings.tuning().maxInFlight());
  }

  @Override
  public CompletableFuture<Submission> submit(Proposal proposal) {
    Log log = node;
    String closed = closedBecause;
    if (closed != null) {
      return answer(new Submission.Unavailable(closed));
    }
    if (log == null) {
      return answer(new Submission.Unavailable("this member is starting"));
    }
    if (!log.leads()) {
      return answer(new Submission.NotLeader(log.leaderId()));
    }
    byte[] entry;
    try {
      entry = codec.encode(proposal, format.getAsInt());
    } catch (IllegalArgumentException e) {
      return answer(
          new Submission.Unavailable(
              e.getMessage() + "; bring all members to the same release first"));
    }
    if (entry.length > RaftSetup.MAX_ENTRY_BYTES) {
      return answer(
          new Submission.Unavailable(
              "the command takes "
                  + entry.length
                  + " bytes in the log, the limit is "
                  + RaftSetup.MAX_ENTRY_BYTES));
    }
    return submit(entry);
  }

  private CompletableFuture<Submission> submit(byte[] bytes) {
    Optional<PendingCommands.Pending> entered =
        pending.enter(bytes, System.nanoTime() + timeoutNanos);
    if (entered.isEmpty()) {
      return answer(new Submission.Unavailable("too many commands are under way"));
    }
    PendingCommands.Pending command = entered.get();
    if (!waiting.offer(command)) {
      pending.answer(command, new Submission.Unavailable("too many commands are under way"));
    }
    return command.result();
  }

  /** Begins to hand commands over. */
  void start(Log log) {
    handing.execute(() -> handOver(log));
    node = log;
  }

  private void handOver(Log log) {
    try {
      while (true) {
        PendingCommands.Pending first = waiting.take();
        onTheWay.acquire(); // more commands arrive while this waits, and share the entry
        List<PendingCommands.Pending> commands = gather(first);
        if (commands.isEmpty()) {
          onTheWay.release();
        } else {
          hand(log, pending.batch(commands));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // this member is closing
    } catch (Throwable e) {
      LOG.error("commands cannot be handed to the log any more", e);
      failure.failed(
          FailureListener.Cause.OTHER,
          "The thread that hands commands to the log has broken: "
              + e
              + ". This member could lead and accept no command. What it acknowledged is"
              + " in its log. Start it again; if it comes back, report it with the log"
              + " above.");
    }
  }

  private List<PendingCommands.Pending> gather(PendingCommands.Pending first) {
    List<PendingCommands.Pending> commands = new ArrayList<>();
    long bytes = 0;
    for (PendingCommands.Pending next = first; next != null; next = next(bytes)) {
      if (!next.result().isDone()) { // otherwise it was given up in the queue
        commands.add(next);
        bytes += next.bytes().length;
      }
    }
    return commands;
  }

  private PendingCommands.@Nullable Pending next(long bytes) {
    PendingCommands.Pending next = waiting.peek();
    return next != null && bytes + next.bytes().length <= SHARED_ENTRY_BYTES
        ? waiting.poll()
        : null;
  }

  private void hand(Log log, CommandBatch batch) {
    var unused =
        log.write(batch.callId())
            .whenComplete(
                (reply, failure) -> {
                  onTheWay.release();
                  pending.forget(batch);
                  for (PendingCommands.Pending command : batch.commands()) {
                    pending.answer(command, read(batch, command, reply, failure));
                  }
                });
  }

  private static Submission read(
      CommandBatch batch,
      PendingCommands.Pending command,
      @Nullable RaftClientReply reply,
      @Nullable Throwable failure) {
    if (reply != null && reply.isSuccess()) {
      return batch
          .answer(command)
          .orElseGet(
              () -> new Submission.Unknown("the answer of the log to the command was" + " lost"));
    }
    Throwable why = reply == null ? failure : reply.getException();
    if (why instanceof CompletionException && why.getCause() != null) {
      why = why.getCause();
    }
    // A pending entry of a deposed leader is refused as well, but it may still commit.
    if (command.mayBeInTheLog()) {
      return new Submission.Unknown(
          "leadership moved while the command was under way (" + why + "); it may still commit");
    }
    if (why instanceof NotLeaderException moved) {
      return new Submission.NotLeader(leader(moved));
    }
    return new Submission.Unavailable("the log does not take commands now: " + why);
  }

  private static Optional<String> leader(NotLeaderException moved) {
    return Optional.ofNullable(moved.getSuggestedLeader())
        .map(RaftPeer::getId)
        .map(Objects::toString);
  }

  private static CompletableFuture<Submission> answer(Submission submission) {
    return CompletableFuture.completedFuture(submission);
  }

  /** Refuses commands from now on, for this reason. */
  void refuse(String reason) {
    closedBecause = reason;
  }

  /** Waits until no command is under way, or until the limit. */
  boolean drain(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (pending.size() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return pending.size() == 0;
  }

  void close() {
    handing.shutdownNow();
    // Every caller gets an answer: commands without one are answered as timed out.
    pending.expire(System.nanoTime() + timeoutNanos + 1);
  }
}
