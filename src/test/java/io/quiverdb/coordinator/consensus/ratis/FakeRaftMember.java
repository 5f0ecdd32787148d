// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.FakeClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.StubReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * A member over {@link FakeRaft} with the real work of a leader on other members. In each of its
 * lives only its data directory is old.
 */
final class FakeRaftMember {
  private static final Duration LONG = Duration.ofHours(1);

  private final FakeRaft raft;
  private final String id;
  private Member self;
  private List<Member> configured;
  private Identity identity;
  private Life life;
  private boolean alive;
  private boolean killed;

  /** The memory of a process. */
  private static final class Life {
    final StatePublisher view = new StatePublisher(Runnable::run);
    final Map<String, String> connections = new HashMap<>();
    KnownMembers known;
    MembershipKeeper keeper;
    MemberChanges changes;
  }

  private FakeRaftMember(FakeRaft raft, Member self, List<Member> configured) {
    this.raft = raft;
    this.id = self.id();
    this.self = self;
    this.configured = configured;
    this.identity = Identity.fresh(settings());
  }

  static FakeRaftMember founder(
      FakeRaft raft, Member self, List<Member> all, Map<String, String> incarnations) {
    FakeRaftMember founder = new FakeRaftMember(raft, self, all);
    Identity fresh = founder.identity;
    founder.identity =
        new Identity(
            self.id(),
            self.id(),
            fresh.ensemble(),
            fresh.groupId(),
            incarnations.get(self.id()),
            Identity.Standing.FOUNDER,
            true,
            -1,
            incarnations,
            List.of(),
            List.of(),
            "");
    return founder;
  }

  static FakeRaftMember newcomer(FakeRaft raft, Member self) {
    FakeRaftMember newcomer = new FakeRaftMember(raft, self, List.of(self));
    newcomer.identity = newcomer.identity.rejoining(true);
    return newcomer;
  }

  private RatisSettings settings() {
    return TestSettings.of(id, configured, Path.of("unused"), 6336);
  }

  String id() {
    return id;
  }

  Member self() {
    return self;
  }

  String incarnation() {
    return identity.incarnation();
  }

  String peer() {
    return identity.peer();
  }

  boolean alive() {
    return alive;
  }

  /** Whether it died while it led, and has not come back. */
  boolean killed() {
    return killed;
  }

  /** Begins another life, in which it knows what is on its disk. */
  void start() {
    if (alive) {
      return;
    }
    alive = true;
    killed = false;
    life = new Life();
    life.known = new KnownMembers(id, configured);
    life.known.recall(identity.members());
    RatisSettings settings = settings();
    Leadership leadership = new Leading();
    Voting voting = new Voting();
    CommandLog log = proposal -> CompletableFuture.completedFuture(raft.submit(id, proposal));
    Voters voters = new Voters(settings, voting, leadership, this::dial);
    EnsembleClock time = new EnsembleClock(id, new FakeClock(), System::nanoTime, life.view);
    life.keeper =
        new MembershipKeeper(
            settings,
            life.known,
            voters,
            new Admissions(settings, () -> identity, life.view, new RoundCommands(log, time)),
            voting,
            leadership,
            new Reading(),
            life.view);
    life.changes =
        new MemberChanges(
            settings,
            life.known,
            voting,
            voters,
            leadership,
            life.view,
            new RoundCommands(log, time),
            this::dial);
    catchUp();
  }

  /** It was stopped in good order, or its host is gone. */
  void stop() {
    alive = false;
    killed = false;
    raft.ended(id);
  }

  /** It died while it led. */
  void die() {
    stop();
    killed = true;
  }

  /** Begins a life at other addresses. */
  void startAt(Member to) {
    stop();
    self = to;
    configured = configured.stream().map(each -> each.id().equals(id) ? to : each).toList();
    start();
  }

  /** Gets what is committed, if it votes or leads. */
  void catchUp() {
    if (alive && raft.votingMembers().contains(id)) {
      life.view.publish(raft.applied());
    }
  }

  /** Its work of every half second. */
  void beat() {
    boolean removed =
        raft.list().removed().stream()
            .anyMatch(gone -> gone.incarnation().equals(identity.incarnation()));
    if (removed) {
      identity = identity.removed("removed");
      stop();
      return;
    }
    if (!raft.votingMembers().contains(id)) {
      return;
    }
    life.known
        .follow(life.view.current().state().members())
        .moved()
        .forEach(life.connections::remove);
    identity =
        identity.agreeing(
            life.view.current().state().incarnations(), life.view.current().state().members());
    if (identity.standing() == Identity.Standing.REJOINING) {
      identity = identity.member();
    }
  }

  /** One round as leader. */
  void look() throws InterruptedException {
    Map<String, MemberReport> reports = new TreeMap<>();
    for (Member other : life.known.others()) {
      FakeRaftMember asked = raft.named(other.id());
      if (asked != null && asked.alive && asked.self.http().equals(other.http())) {
        reports.put(other.id(), asked.report());
      }
    }
    life.keeper.look(reports);
    life.changes.look(reports);
  }

  private boolean leads() {
    return alive && raft.leader().equals(Optional.of(id));
  }

  private boolean hasData() {
    return identity.standing() != Identity.Standing.REJOINING || raft.votingMembers().contains(id);
  }

  private Leadership.Role role() {
    if (identity.standing() == Identity.Standing.REJOINING) {
      return Leadership.Role.REJOINING;
    }
    return leads() ? Leadership.Role.LEADER : Leadership.Role.FOLLOWER;
  }

  private MemberReport report() {
    long applied = life.view.current().index();
    StubReport report =
        StubReport.of(id)
            .ensemble(identity.ensemble())
            .incarnation(identity.incarnation())
            .known(identity.known())
            .retired(identity.retired().toArray(String[]::new))
            .role(role())
            .ready(role() != Leadership.Role.REJOINING)
            .term(raft.term())
            .maxFormat(2)
            .bootable()
            .list(
                new MemberListReport(
                    identity.peer(), "test", 2, List.of(), List.of(), life.changes.waitingOn()));
    return (hasData() ? report : report.empty()).index(applied).build();
  }

  /** One that waits to be admitted runs no Raft server. */
  private boolean listens() {
    return alive
        && (hasData()
            || raft.state().incarnations().of(id).equals(Optional.of(identity.incarnation())));
  }

  private Optional<String> dial(String address) {
    boolean taken =
        raft.members().stream()
            .anyMatch(each -> each.listens() && each.self.raft().equals(address));
    return taken ? Optional.empty() : Optional.of("nobody is there");
  }

  private Leadership.View view() {
    return new Leadership.View(
        role(), leads(), raft.term(), raft.leader(), life.view.current().index());
  }

  private final class Leading implements Leadership {
    @Override
    public View current() {
      return view();
    }

    @Override
    public StateView.Subscription subscribe(Consumer<View> watcher) {
      return () -> {};
    }

    @Override
    public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
      return raft.handOver(id, to.orElseThrow())
          ? CompletableFuture.completedFuture(to.orElseThrow())
          : CompletableFuture.failedFuture(new TransferFailedException("not now"));
    }
  }

  private final class Reading implements Reads {
    @Override
    public CompletableFuture<AppliedState> linearizable() {
      return leads() && raft.isMajority(raft.alive())
          ? CompletableFuture.completedFuture(life.view.current())
          : CompletableFuture.failedFuture(new TimeoutException("nobody confirms it"));
    }

    @Override
    public Optional<Duration> staleness() {
      return Optional.of(Duration.ZERO);
    }
  }

  private final class Voting implements RaftMembership {
    @Override
    public List<RaftPeer> voters() {
      return raft.voters();
    }

    @Override
    public boolean isConfigurationCommitted() {
      return raft.settled();
    }

    @Override
    public List<MemberProgress> followers() {
      return leads()
          ? raft.votingMembers().stream()
              .filter(other -> !other.equals(id))
              .map(this::progress)
              .toList()
          : List.of();
    }

    private MemberProgress progress(String other) {
      FakeRaftMember follower = raft.named(other);
      boolean hears = follower.alive() && follower.self.raft().equals(connection(other));
      long match = hears ? commitIndex() : 0;
      return new MemberProgress(other, match, match + 1, hears ? Duration.ZERO : LONG);
    }

    private String connection(String other) {
      return life.connections.computeIfAbsent(
          other, peer -> life.known.find(peer).map(Member::raft).orElse(""));
    }

    @Override
    public long commitIndex() {
      return life.view.current().index();
    }

    @Override
    public long firstLogIndex() {
      return 0;
    }

    @Override
    public RaftPeer named(String peerId) {
      return RaftSetup.peer(peerId, "named");
    }

    @Override
    public CompletableFuture<RaftClientReply> setVoters(
        List<RaftPeer> current, List<RaftPeer> wanted) {
      return raft.change(id, current, wanted)
          ? CompletableFuture.completedFuture(
              RaftClientReply.newBuilder()
                  .setClientId(ClientId.randomId())
                  .setServerId(RaftPeerId.valueOf(peer()))
                  .setGroupId(RaftGroupId.randomId())
                  .setSuccess()
                  .build())
          : CompletableFuture.failedFuture(new TimeoutException("not now"));
    }

    @Override
    public CompletableFuture<Void> reconnect(String memberId) {
      life.connections.remove(memberId);
      return CompletableFuture.completedFuture(null);
    }
  }
}
