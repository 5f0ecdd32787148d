// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running Raft server of this member. Thread-safe. */
final class RaftNode implements RaftMembership, LinearizableReads.Log, LocalCommandLog.Log {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

  private static final long RECONNECT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final RaftServer server;
  private final RaftServer.Division division;
  private volatile long lastSeen = RaftLog.INVALID_LOG_INDEX;
  private final RaftClientAsynchronousProtocol requests;
  private final RaftGroupId groupId;
  private final RaftPeerId self;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong adminCalls = new AtomicLong();
  private final Map<String, Reconnection> reconnections = new ConcurrentHashMap<>();

  private record Reconnection(long sinceNanos, CompletableFuture<Void> done) {
    boolean isRecent() {
      return !done.isDone() || System.nanoTime() - sinceNanos <= RECONNECT_PAUSE_NANOS;
    }
  }

  private RaftNode(RaftServer server, RaftServer.Division division) {
    this.server = server;
    this.division = division;
    // The division takes requests on the caller's thread; the server sends them through a pool
    // first.
    this.requests = division instanceof RaftClientAsynchronousProtocol direct ? direct : server;
    this.groupId = division.getMemberId().getGroupId();
    this.self = server.getId();
  }

  /**
   * Starts the server on the data in {@code raftDir}, if there is any.
   *
   * @param identity gives the peer id. A founder starts with the configured members as its first
   *     configuration; any other member starts with an empty one, until a leader adds it
   * @param members the list of members
   * @param gate decides whether it may grant votes yet
   */
  static RaftNode start(
      RatisSettings settings,
      Path raftDir,
      Identity identity,
      KnownMembers members,
      VoteGate gate,
      ReplicatedStateMachine machine)
      throws StorageException {
    checkPort(settings);
    RaftGroupId group = RaftSetup.groupId(settings.ensemble());
    List<RaftPeer> first =
        identity.standing() == Identity.Standing.FOUNDER
            ? PeerAddresses.named(group, settings.members().stream().map(Member::id).toList())
            : List.of();
    AtomicReference<DivisionInfo> running = new AtomicReference<>();
    RaftServer server = null;
    try {
      server =
          RaftServer.newBuilder()
              .setServerId(RaftPeerId.valueOf(identity.peer()))
              .setGroup(RaftGroup.valueOf(group, first))
              // The default of the builder formats the storage, and so fails on every restart.
              .setOption(RaftStorage.StartupOption.RECOVER)
              .setStateMachine(machine)
              .setProperties(RaftSetup.properties(settings, raftDir))
              .setParameters(
                  RaftSetup.parameters(
                      settings, members, () -> steadyTerm(running.get()), gate::isOpen))
              .build();
      // Ratis dials the address it learns first. Add names here, before it reads addresses in the
      // log.
      server
          .getServerRpc()
          .addRaftPeers(PeerAddresses.named(group, identity.peersOf(members.others())));
      server.start();
      RaftServer.Division division = server.getDivision(group);
      running.set(division.getInfo());
      return new RaftNode(server, division);
    } catch (IOException | RuntimeException | LinkageError e) {
      // A failed start leaves threads running, which keep the process alive.
      closeAbandoned(server);
      throw StartFailure.ofServer(
          raftDir.resolve(RaftSetup.groupId(settings.ensemble()).getUuid().toString()), e);
    }
  }

  /** Adds peers by name. A peer that is known already keeps its address. */
  void addNames(Collection<String> peers) {
    server.getServerRpc().addRaftPeers(PeerAddresses.named(groupId, peers));
  }

  /** Ratis ends the process when it cannot bind its port, without a message for the operator. */
  private static void checkPort(RatisSettings settings) throws StorageException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(settings.listenHost(), settings.listenPort()));
    } catch (IOException e) {
      throw new StorageException(
          Cause.OTHER,
          "raft.listen "
              + settings.listenHost()
              + ":"
              + settings.listenPort()
              + " cannot be bound: "
              + e.getMessage()
              + ". Stop the process that uses it, or choose another address for this"
              + " member.",
          e);
    }
  }

  private static void closeAbandoned(@Nullable RaftServer server) {
    if (server == null) {
      return;
    }
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("a Raft server that did not start could not be closed either", e);
    }
  }

  DivisionInfo info() {
    return division.getInfo();
  }

  @Override
  public OptionalLong steadyTerm() {
    return steadyTerm(info());
  }

  private static OptionalLong steadyTerm(@Nullable DivisionInfo info) {
    return info == null ? OptionalLong.empty() : SteadyTerm.of(info);
  }

  @Override
  public long commitIndex() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  /** The last entry on this member's disk; it may have received later ones. */
  long flushedIndex() {
    return division.getRaftLog().getFlushIndex();
  }

  /**
   * Whether an election is in progress here. Ratis' election thread ends when a vote cannot be
   * written, but the role stays CANDIDATE. The thread is the only visible sign.
   */
  boolean electing() {
    String name = division.getMemberId() + "-LeaderElection";
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith(name));
  }

  @Override
  public long firstLogIndex() {
    return division.getRaftLog().getStartIndex();
  }

  /** The last index in log or snapshot; -1 if there is none. */
  long lastLogIndex() {
    RaftLog log = division.getRaftLog();
    TermIndex last;
    try {
      last = log.getLastEntryTermIndex();
    } catch (IllegalStateException closed) {
      // Ratis closes the log of a member that was removed; its process ends a moment later.
      return lastSeen;
    }
    if (last != null) {
      lastSeen = last.getIndex();
      return lastSeen;
    }
    SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
    return snapshot == null ? RaftLog.INVALID_LOG_INDEX : snapshot.getIndex();
  }

  @Override
  public List<RaftPeer> voters() {
    return List.copyOf(division.getRaftConf().getCurrentPeers());
  }

  @Override
  public RaftPeer named(String peerId) {
    return PeerAddresses.named(groupId, List.of(peerId)).get(0);
  }

  @Override
  public boolean isConfigurationCommitted() {
    RaftConfiguration conf = division.getRaftConf();
    return conf.getPreviousPeers().isEmpty() && conf.getLogEntryIndex() <= commitIndex();
  }

  @Override
  public List<MemberProgress> followers() {
    return MemberProgress.of(info());
  }

  @Override
  public boolean leads() {
    return info().isLeader();
  }

  @Override
  public CompletableFuture<RaftClientReply> write(long callId) {
    return submit(request(callId, RaftClientRequest.writeRequestType()).build());
  }

  /**
   * A linearizable read. It completes when the leader has confirmed it and this member has applied
   * the entries that it requires.
   */
  @Override
  public CompletableFuture<RaftClientReply> read() {
    return submit(request(nextCall(), RaftClientRequest.readRequestType()).build());
  }

  private RaftClientRequest.Builder request(long callId, RaftClientRequest.Type type) {
    return RaftClientRequest.newBuilder()
        .setClientId(clientId)
        .setServerId(self)
        .setGroupId(groupId)
        .setCallId(callId)
        .setMessage(Message.EMPTY)
        .setType(type);
  }

  private CompletableFuture<RaftClientReply> submit(RaftClientRequest request) {
    try {
      return requests.submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<RaftClientReply> setVoters(
      List<RaftPeer> current, List<RaftPeer> wanted) {
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setServersInCurrentConf(current)
            .setServersInNewConf(wanted)
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .build();
    try {
      return server.setConfigurationAsync(
          new SetConfigurationRequest(ClientId.randomId(), self, groupId, nextCall(), arguments));
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  CompletableFuture<RaftClientReply> transferTo(String memberId, Duration limit) {
    try {
      return server.transferLeadershipAsync(
          new TransferLeadershipRequest(
              ClientId.randomId(), self, groupId, nextCall(), peerOf(memberId), limit.toMillis()));
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Optional<String> leaderId() {
    return Optional.ofNullable(info().getLeaderId()).map(PeerIds::member);
  }

  @Override
  public CompletableFuture<Void> reconnect(String memberId) {
    return reconnections
        .compute(
            memberId, (id, last) -> last != null && last.isRecent() ? last : startReconnecting(id))
        .done()
        .copy();
  }

  /**
   * Ends the connections to peers that were removed: otherwise their names would be resolved
   * forever.
   */
  void forget(List<String> peers) {
    addNames(peers); // Ratis closes only what it knows
    DaemonThreads.start(
        self + "-forget",
        () ->
            peers.forEach(
                peer -> {
                  try {
                    server
                        .getServerRpc()
                        .handleException(
                            RaftPeerId.valueOf(peer), new IOException("removed"), true);
                  } catch (RuntimeException | Error e) {
                    LOG.warn("could not end the connection to {}", peer, e);
                  }
                }));
  }

  private Reconnection startReconnecting(String memberId) {
    Reconnection begun = new Reconnection(System.nanoTime(), new CompletableFuture<>());
    DaemonThreads.named(self + "-reconnect-" + memberId)
        .newThread(
            () -> {
              try {
                server
                    .getServerRpc()
                    .handleException(peerOf(memberId), new IOException("reconnect"), true);
              } catch (RuntimeException | Error e) {
                LOG.warn("could not make a new connection to {}", memberId, e);
              } finally {
                begun.done().complete(null);
              }
            })
        .start();
    return begun;
  }

  private RaftPeerId peerOf(String memberId) {
    return voters().stream()
        .map(RaftPeer::getId)
        .filter(peer -> PeerIds.member(peer).equals(memberId))
        .findFirst()
        .orElseGet(() -> RaftPeerId.valueOf(memberId));
  }

  /** Call ids of commands are positive; these are negative, so that they never collide. */
  private long nextCall() {
    return adminCalls.decrementAndGet();
  }

  /** Closes the server, within a limit: Ratis' own close may wait a day for its threads. */
  void close(Duration limit) {
    Thread closer = DaemonThreads.named(self + "-closer").newThread(this::closeQuietly);
    closer.start();
    try {
      closer.join(limit.toMillis());
      if (closer.isAlive()) {
        LOG.warn("the Raft server did not close within {}", limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeQuietly() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("the Raft server did not close cleanly", e);
    }
  }
}
