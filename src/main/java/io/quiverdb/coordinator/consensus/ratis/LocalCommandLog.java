package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.Answer;
import io.quiverdb.coordinator.codec.AnswerCodec;
import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.Submission;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.jspecify.annotations.Nullable;

/**
 * Puts commands into the log through the local server. One thread hands them over, so that a log
 * that is stuck holds no caller, and a command that waited too long never reaches it.
 */
final class LocalCommandLog implements CommandLog {
  private final PendingCommands pending;
  private final EntryCodec codec;
  private final IntSupplier format;
  private final Supplier<@Nullable RaftNode> node;
  private final long timeoutNanos;
  private final ThreadPoolExecutor handing;
  private volatile @Nullable String closedBecause;

  LocalCommandLog(
      RatisSettings settings,
      PendingCommands pending,
      EntryCodec codec,
      IntSupplier format,
      Supplier<@Nullable RaftNode> node) {
    this.pending = pending;
    this.codec = codec;
    this.format = format;
    this.node = node;
    this.timeoutNanos = settings.requestTimeout().toNanos();
    this.handing =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.tuning().maxInFlight()),
            Threads.named(settings.memberId() + "-commands"));
  }

  @Override
  public CompletableFuture<Submission> submit(Proposal proposal) {
    RaftNode log = node.get();
    String closed = closedBecause;
    if (closed != null) {
      return answer(new Submission.Unavailable(closed));
    }
    if (log == null) {
      return answer(new Submission.Unavailable("this member is starting"));
    }
    if (!log.info().isLeader()) {
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
    return submit(log, entry);
  }

  private CompletableFuture<Submission> submit(RaftNode log, byte[] entry) {
    Optional<PendingCommands.Pending> entered = pending.enter(System.nanoTime() + timeoutNanos);
    if (entered.isEmpty()) {
      return answer(new Submission.Unavailable("too many commands are under way"));
    }
    PendingCommands.Pending command = entered.get();
    try {
      handing.execute(() -> hand(log, command, entry));
    } catch (RejectedExecutionException e) {
      pending.settle(command, new Submission.Unavailable("too many commands are under way"));
    }
    return command.result();
  }

  private void hand(RaftNode log, PendingCommands.Pending command, byte[] entry) {
    if (command.result().isDone()) {
      return; // given up while it waited here
    }
    var unused =
        log.write(command.callId(), entry)
            .whenComplete(
                (reply, failure) -> pending.settle(command, read(command, reply, failure)));
  }

  private static Submission read(
      PendingCommands.Pending command,
      @Nullable RaftClientReply reply,
      @Nullable Throwable failure) {
    if (reply != null && reply.isSuccess()) {
      return read(reply);
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

  private static Submission read(RaftClientReply reply) {
    try {
      Answer answer = AnswerCodec.decode(reply.getMessage().getContent().toByteArray());
      return new Submission.Answered(
          answer.outcome(), answer.replayed(), answer.index(), answer.term());
    } catch (MalformedDocumentException e) {
      return new Submission.Unknown("the log's answer cannot be read: " + e.getMessage());
    }
  }

  private static Optional<String> leader(NotLeaderException moved) {
    return Optional.ofNullable(moved.getSuggestedLeader())
        .map(RaftPeer::getId)
        .map(Objects::toString);
  }

  private static CompletableFuture<Submission> answer(Submission submission) {
    return CompletableFuture.completedFuture(submission);
  }

  /** Takes no more commands, for this reason. */
  void refuse(String reason) {
    closedBecause = reason;
  }

  /** Waits until nothing is under way any more, or the time is up. */
  boolean drain(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (pending.size() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return pending.size() == 0;
  }

  void close() {
    handing.shutdownNow();
    // Nothing is left hanging: what did not come back is answered as timed out.
    pending.expire(System.nanoTime() + timeoutNanos + 1);
  }
}
