// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.ProofClock;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the ensemble: the ports of {@code consensus} on Apache Ratis.
 *
 * <p>All ports can be used right after construction. Until {@link #start} returns, they answer that
 * this member is starting. Thread-safe.
 */
public final class RatisEnsemble implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RatisEnsemble.class);
  private static final Duration EXPIRY_INTERVAL = Duration.ofMillis(100);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);
  private static final Duration TRANSFER_LIMIT = Duration.ofMillis(1500);
  private static final int DISK_LOOK_INTERVALS = 5;

  private final RatisSettings settings;
  private final EntryCodec entryCodec;
  private final SnapshotCodec snapshotCodec;
  private final Clock clock;
  private final FailureListener failure;
  private final PeerReports peerReports;
  private final ExecutorService events;
  private final PeriodicTasks tasks;
  private final PeriodicTasks expiry;
  private final StatePublisher publisher;
  private final PendingCommands pending;
  private final LocalCommandLog commands;
  private final LinearizableReads reads;
  private final LeadershipWatch leadership;
  private final MembershipWatch membership;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final VoteGate gate;
  private final KnownMembers members;
  private final String version;
  private volatile @Nullable MembershipLoop membershipLoop;
  private volatile @Nullable DataDirectory directory;
  private volatile @Nullable RaftNode node;
  private volatile @Nullable DiskWatch diskWatch;

  /**
   * A member that has not started yet.
   *
   * @param peers asks the others for their reports
   * @param clock stamps the commands that this member proposes by itself
   * @param failure called once, when this member cannot continue
   * @param version of the program, for the reports to the others
   */
  public RatisEnsemble(
      RatisSettings settings,
      EntryCodec entryCodec,
      SnapshotCodec snapshotCodec,
      Peers peers,
      Clock clock,
      FailureListener failure,
      String version) {
    this.settings = settings;
    this.version = version;
    this.members = new KnownMembers(settings.memberId(), settings.members());
    this.entryCodec = entryCodec;
    this.snapshotCodec = snapshotCodec;
    this.clock = clock;
    this.failure = once(failure);
    this.peerReports = new PeerReports(peers, members);
    String id = settings.memberId();
    this.events = Executors.newSingleThreadExecutor(DaemonThreads.named(id + "-events"));
    this.tasks = new PeriodicTasks(id);
    this.expiry = new PeriodicTasks(id);
    this.publisher = new StatePublisher(events);
    this.pending = new PendingCommands(settings.tuning().maxInFlight());
    this.commands =
        new LocalCommandLog(
            settings,
            pending,
            entryCodec,
            () -> publisher.current().state().format(),
            this.failure);
    this.reads =
        new LinearizableReads(
            settings, publisher, new ProofClock(System::nanoTime, clock), () -> node);
    this.gate = new VoteGate(settings, members, peerReports, reads, publisher, this.failure);
    this.leadership = new LeadershipWatch(settings, () -> node, this::isRejoining, events);
    this.membership = new MembershipWatch(settings, members, () -> node, reads);
  }

  /**
   * Calls the listener on its own thread: it may close this member, and that waits for Ratis'
   * threads.
   */
  private FailureListener once(FailureListener listener) {
    AtomicBoolean told = new AtomicBoolean();
    return (cause, message) -> {
      if (closing.getCount() > 0 && told.compareAndSet(false, true)) {
        DaemonThreads.start(
            settings.memberId() + "-failure",
            () -> {
              Removal.note(Optional.ofNullable(directory), cause, message);
              listener.failed(cause, message);
            });
      }
    };
  }

  /**
   * Opens the data directory, joins the ensemble and starts the Raft server. Blocks while it waits
   * for other members; {@link #close} from another thread ends that.
   *
   * @throws StorageException if the data directory cannot be used or the server cannot run; the
   *     message is for the operator
   */
  public void start() throws StorageException, InterruptedException {
    try {
      enter();
    } catch (StorageException e) {
      if (!e.damage()) {
        throw e;
      }
      LOG.info("asking the other members what they have");
      List<String> others = members.others().stream().map(Member::id).toList();
      throw e.advising(Refill.advice(settings.dataDir(), others, peerReports.gather()));
    }
  }

  private void enter() throws StorageException, InterruptedException {
    DataDirectory opened = DataDirectory.open(settings);
    directory = opened;
    members.recall(opened.identity().members());
    try {
      EnsembleJoin entrance = new EnsembleJoin(settings, members, opened, peerReports, closing);
      if (entrance.pass()) {
        run(opened);
      }
      if (closing.getCount() == 0) {
        opened.close();
      }
    } catch (IOException e) {
      StorageException failed =
          StartFailure.of("The data directory " + opened.root() + " cannot be used", e);
      Removal.note(Optional.of(opened), failed.exit(), failed.advice());
      opened.close();
      throw failed;
    }
  }

  private void run(DataDirectory opened) throws IOException, InterruptedException {
    gate.begin(opened.identity());
    ReplicatedStateMachine machine =
        new ReplicatedStateMachine(
            entryCodec,
            new SnapshotFiles(snapshotCodec),
            publisher,
            pending,
            failure,
            new ReplicatedStateMachine.Events() {
              @Override
              public void storageFormatted() throws IOException {
                var unused = opened.change(Identity::withStorage);
              }

              @Override
              public void leadershipMoved() {
                leadership.look();
              }
            });
    PeerAddresses.register(RaftSetup.groupId(settings.ensemble()), members);
    Identity identity = opened.identity();
    RaftNode started = RaftNode.start(settings, opened.raftDir(), identity, members, gate, machine);
    node = started;
    // close() ran while the server was starting, and so could not close it.
    if (closing.getCount() == 0) {
      closeNode();
      return;
    }
    membership.compare(started.voters());
    commands.start(started);
    leadership.look();
    expiry.repeat("expiry", EXPIRY_INTERVAL, () -> pending.expire(System.nanoTime()));
    tasks.repeat(
        "vote-gate", settings.tuning().checkInterval(), () -> gate.look(opened.identity()));
    Pulse pulse =
        new Pulse(
            settings,
            members,
            peerReports,
            opened,
            started,
            reads,
            leadership,
            publisher,
            this.failure);
    tasks.repeat("pulse", settings.freshnessInterval(), pulse::beat);
    DiskWatch watch =
        new DiskWatch(
            settings,
            opened,
            started,
            leadership,
            () -> publisher.current().index(),
            failure,
            clock);
    diskWatch = watch;
    tasks.repeat(
        "disk", settings.tuning().checkInterval().multipliedBy(DISK_LOOK_INTERVALS), watch::look);
    MembershipLoop loop =
        MembershipLoop.of(
            settings,
            members,
            peerReports,
            opened,
            started,
            leadership,
            membership,
            reads,
            publisher,
            commands,
            entryCodec.maxFormat(),
            clock,
            failure);
    membershipLoop = loop;
    tasks.repeat("membership", settings.tuning().checkInterval(), loop::round);
    reads.refresh();
  }

  private boolean isRejoining() {
    DataDirectory opened = directory;
    return opened != null && opened.identity().standing() == Identity.Standing.REJOINING;
  }

  /** Submits commands through this member. */
  public CommandLog commandLog() {
    return commands;
  }

  /** The state as this member has applied it. */
  public StateView stateView() {
    return publisher;
  }

  /** Linearizable reads, and how old the state may be. */
  public Reads reads() {
    return reads;
  }

  /** The voting members, and those that do not follow. */
  public Membership membership() {
    return membership;
  }

  /** The list of members. */
  public Members members() {
    return members;
  }

  /** Who leads. */
  public Leadership leadership() {
    return leadership;
  }

  /**
   * This member's report for the others. Its incarnation is empty while it does not know yet what
   * data it has; such a report counts as no answer.
   */
  public MemberReport report() {
    return new OwnReport(
            settings,
            leadership,
            reads,
            publisher,
            membership::unreachable,
            gate,
            entryCodec.maxFormat(),
            clock,
            version,
            () -> Optional.ofNullable(membershipLoop).flatMap(MembershipLoop::waitingOn))
        .of(Optional.ofNullable(directory), Optional.ofNullable(node));
  }

  /** The running server; for tests that break it. */
  RaftNode node() {
    return Objects.requireNonNull(node, "not started");
  }

  /** The progress of the followers; empty unless this member leads. */
  public List<MemberProgress> followers() {
    RaftNode running = node;
    return running == null ? List.of() : running.followers();
  }

  /** Ratis' metrics of this member, by {@code component.metric}. Collecting them takes time. */
  public Map<String, Number> gauges() {
    return RaftGauges.of(settings.memberId());
  }

  /**
   * Shuts this member down: refuses new commands, waits for those under way, hands leadership over
   * and closes the server. Takes a few seconds at most, even if something hangs. Idempotent.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    commands.refuse("this member is shutting down");
    try {
      if (!commands.drain(DRAIN_LIMIT)) {
        LOG.warn("commands were still under way after {}", DRAIN_LIMIT);
      }
      handOver();
      DiskWatch watch = diskWatch;
      if (watch != null) {
        watch.note();
      }
    } catch (IOException e) {
      LOG.warn("the progress of the log could not be recorded", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stop();
  }

  /** Hands leadership over if this member has it; blocks for 3 s at most. */
  public void handOver() throws InterruptedException {
    if (!followers().isEmpty()) {
      leadership.handOver(TRANSFER_LIMIT);
    }
  }

  /** Stops this member like a crash, as far as that is possible within a process. */
  void abandon() {
    if (closed.compareAndSet(false, true)) {
      commands.refuse("this member has stopped");
      stop();
    }
  }

  private void stop() {
    closing.countDown();
    reads.close();
    tasks.stop();
    closeNode();
    commands.close();
    expiry.stop();
    events.shutdown();
    PeerAddresses.unregister(RaftSetup.groupId(settings.ensemble()), members);
    DataDirectory opened = directory;
    if (opened != null) {
      opened.close();
    }
  }

  private void closeNode() {
    RaftNode running = node;
    if (running != null) {
      running.close(settings.tuning().closeLimit());
    }
  }
}
