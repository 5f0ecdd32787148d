// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Called by Ratis: decodes an entry, lets the pure rules decide, publishes the state, answers.
 * Entries, snapshots and their loading follow each other on one thread of Ratis; {@code lock}
 * guards what other threads use.
 */
final class ReplicatedStateMachine extends BaseStateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicatedStateMachine.class);

  /** Events for the member. No method may block. */
  interface Events {
    /** The storage was created on disk; no vote was granted with it yet. */
    void storageFormatted() throws IOException;

    /** Something about leadership or membership may have changed. */
    void leadershipMoved();
  }

  private final Object lock = new Object();
  private final EntryCodec entries;
  private final SnapshotFiles snapshots;
  private final StatePublisher publisher;
  private final PendingCommands pending;
  private final FailureListener failure;
  private final Events events;

  ReplicatedStateMachine(
      EntryCodec entries,
      SnapshotFiles snapshots,
      StatePublisher publisher,
      PendingCommands pending,
      FailureListener failure,
      Events events) {
    this.entries = entries;
    this.snapshots = snapshots;
    this.publisher = publisher;
    this.pending = pending;
    this.failure = failure;
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    getLifeCycle()
        .startAndTransition(
            () -> {
              super.initialize(server, groupId, storage);
              snapshots.open(storage);
              load();
              events.storageFormatted();
            },
            IOException.class);
  }

  /**
   * Called when a snapshot has been received, before it replaces the older ones. The base class
   * does nothing here, and the Division then closes. Called again, without a {@link #reinitialize}
   * in between, if that failed.
   */
  @Override
  public void pause() {
    try {
      // Ratis deletes the log before it, and acknowledges what follows, without forcing anything.
      snapshots.keepReceived();
    } catch (IOException | RuntimeException e) { // Ratis would retry without end, silently
      failure.failed(
          Cause.OTHER,
          "A snapshot from the leader cannot be written to disk: "
              + e
              + ". What this member acknowledged is on disk. Free space or replace the disk, then"
              + " start this member again.");
      throw new IllegalStateException("a received snapshot is not on disk", e);
    }
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      return;
    }
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    try {
      snapshots.keepNames();
      load();
    } catch (StorageException e) {
      failure.failed(e.exit(), e.advice() + " Start this member again: it says what to do then.");
      throw e;
    } catch (IOException | RuntimeException e) {
      StorageException why = StartFailure.of("The snapshot from the leader cannot be used", e);
      failure.failed(why.exit(), why.advice());
      throw why;
    }
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void load() throws IOException {
    Optional<Snapshot> latest = snapshots.loadLatest();
    if (latest.isEmpty()) {
      return;
    }
    Snapshot snapshot = latest.get();
    synchronized (lock) {
      setLastAppliedTermIndex(TermIndex.valueOf(snapshot.term(), snapshot.index()));
      publisher.publish(new AppliedState(snapshot.state(), snapshot.index(), snapshot.term()));
    }
    LOG.info("loaded the snapshot of entry {}", snapshot.index());
  }

  @Override
  public long takeSnapshot() throws IOException {
    AppliedState applied;
    TermIndex last;
    synchronized (lock) {
      applied = publisher.current();
      last = getLastAppliedTermIndex();
    }
    if (last.getIndex() < 0 || applied.index() != last.getIndex()) {
      throw new IOException(
          "no snapshot: the state is of entry " + applied.index() + ", not " + last);
    }
    snapshots.save(new Snapshot(applied.state(), applied.index(), applied.term()));
    return applied.index();
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots.storage();
  }

  /** A refusal goes into the context: an exception here would count against the leader. */
  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    TransactionContext.Builder context =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request);
    CommandBatch batch = pending.find(request.getCallId());
    Optional<byte[]> entry = batch == null ? Optional.empty() : batch.take();
    if (entry.isEmpty()) {
      return context
          .build()
          .setException(new IOException("the command was given up before the log took it"));
    }
    return context
        .setLogData(UnsafeByteOperations.unsafeWrap(entry.get()))
        .setStateMachineContext(batch)
        .build();
  }

  /** Called just before the entry is appended. An exception here would depose the leader. */
  @Override
  public TransactionContext preAppendTransaction(TransactionContext context) {
    if (context.getStateMachineContext() instanceof CommandBatch batch) {
      batch.enter();
    }
    return context;
  }

  /**
   * Applies one entry; its submitter finds the answers in its batch. An exceptional future would
   * stall the readers that wait for this entry. An exception closes this server, now and at every
   * replay, so it is thrown only for an entry that must not be applied.
   */
  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext context) {
    LogEntryProto entry = context.getLogEntry();
    EntryId id = new EntryId(entry.getIndex(), entry.getTerm());
    try {
      byte[] bytes = entry.getStateMachineLogEntry().getLogData().toByteArray();
      List<Submission.Answered> answers = apply(id, bytes);
      if (context.getStateMachineContext() instanceof CommandBatch batch) {
        batch.applied(answers);
      }
      return CompletableFuture.completedFuture(Message.EMPTY);
    } catch (UndecodableException e) {
      throw stopped(
          "The log entry "
              + id.index()
              + " cannot be applied: "
              + e.getMessage()
              + ". This member has stopped before it; its data is as it was.",
          e);
    } catch (RuntimeException | Error e) {
      throw stopped(
          "The log entry "
              + id.index()
              + " met a fault of this program: "
              + e
              + ". This member has stopped before it. Please report it, with the entry.",
          e);
    }
  }

  private List<Submission.Answered> apply(EntryId id, byte[] bytes) throws UndecodableException {
    List<Proposal> proposals = entries.decodeEntry(bytes);
    List<Submission.Answered> answers = new ArrayList<>(proposals.size());
    synchronized (lock) {
      ClusterState state = publisher.current().state();
      for (Proposal proposal : proposals) {
        Applied applied = ClusterStateMachine.apply(state, id, proposal);
        requireKnown(applied.state().format());
        publisher.passed(applied.state().map());
        state = applied.state();
        answers.add(
            new Submission.Answered(applied.outcome(), applied.replayed(), id.index(), id.term()));
      }
      updateLastAppliedTermIndex(id.term(), id.index());
      publisher.publish(new AppliedState(state, id.index(), id.term()));
    }
    return answers;
  }

  /** Refuses a format that this build cannot write. */
  private void requireKnown(int format) throws UndecodableException {
    if (format > entries.maxFormat()) {
      throw new UndecodableException(
          "it raises the format to "
              + format
              + ", this build writes up to format "
              + entries.maxFormat()
              + "; install a release that knows it");
    }
  }

  private IllegalStateException stopped(String message, Throwable cause) {
    failure.failed(Cause.OTHER, message);
    return new IllegalStateException(message, cause);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    synchronized (lock) {
      super.notifyTermIndexUpdated(term, index);
      publisher.publish(new AppliedState(publisher.current().state(), index, term));
    }
  }

  /** A linearizable read waits until the entry is applied, so there is nothing to look up here. */
  @Override
  public CompletableFuture<Message> query(Message request) {
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  /** Without this end the server would continue in state RUNNING without applying anything. */
  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
    failure.failed(
        Cause.OTHER,
        "The log cannot be written"
            + (failedEntry == null ? "" : " at entry " + failedEntry.getIndex())
            + ": "
            + cause
            + ". What this member acknowledged is intact. What it was writing may read as if it"
            + " were on the disk, and yet not be there: the next start writes it again before it"
            + " counts. Free space on the disk or replace it, then start this member again.");
  }

  // All of these are called by threads of Ratis, some while it holds its locks: only pass them on.

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId groupMemberId, RaftPeerId newLeaderId) {
    events.leadershipMoved();
  }

  @Override
  public void notifyLeaderReady() {
    events.leadershipMoved();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
    events.leadershipMoved();
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto newConfiguration) {
    events.leadershipMoved();
  }
}
