// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Quorum;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftPeer;

/**
 * The log and the votes of an ensemble, in memory and on one thread, with the real rules. Its
 * leader dies at one of its effects. The votes are compared with the list of members whenever one
 * of the two changes.
 */
final class FakeRaft {
  /** When the leader dies. */
  enum When {
    /** Its effect never happens. */
    BEFORE,
    /** Others have it on disk, and the next leader commits it. */
    HALFWAY,
    /** It is committed, and no answer was sent. */
    AFTER
  }

  /** Ends the work of the leader that dies. */
  static final class LeaderDied extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final When when;
  private final int fatal;
  private final Map<String, FakeRaftMember> members = new TreeMap<>();
  private final List<String> moments = new ArrayList<>();
  private int begun;
  private ClusterState state = ClusterState.INITIAL;
  private long index;
  private long term;
  private List<RaftPeer> voters;
  private boolean settled = true;
  private Optional<String> leader = Optional.empty();
  private Optional<String> deposed = Optional.empty();
  private Optional<Runnable> halfDone = Optional.empty();

  /**
   * An ensemble of three that has begun, and whose log does not say yet who they are.
   *
   * @param fatal the number of the moment at which the leader dies, from 1; 0: it lives
   */
  FakeRaft(When when, int fatal) {
    this.when = when;
    this.fatal = fatal;
    List<Member> founders = List.of(member("c1"), member("c2"), member("c3"));
    Map<String, String> incarnations =
        founders.stream().collect(Collectors.toMap(Member::id, each -> each.id() + "-0"));
    founders.forEach(
        each -> members.put(each.id(), FakeRaftMember.founder(this, each, founders, incarnations)));
    voters = founders.stream().map(each -> RaftSetup.peer(each.id(), each.raft())).toList();
    log(TestEnsemble.bootstrap(), 0);
    log(new Command.RaiseFormat(2, 0), 0);
    members.values().forEach(FakeRaftMember::start);
  }

  /** Where a member is in its first life. */
  static Member member(String id) {
    return new Member(id, id + ":6336", URI.create("http://" + id + ":6335"));
  }

  /** Where it is when it has moved. */
  static Member moved(String id) {
    return new Member(id, id + ".new:6336", URI.create("http://" + id + ".new:6335"));
  }

  ClusterState state() {
    return state;
  }

  AppliedState applied() {
    return new AppliedState(state, index, term);
  }

  MemberList list() {
    return state.members();
  }

  long term() {
    return term;
  }

  List<RaftPeer> voters() {
    return voters;
  }

  boolean settled() {
    return settled;
  }

  Optional<String> leader() {
    return leader;
  }

  /** How many orders began a change. */
  int begun() {
    return begun;
  }

  /** The effects of the leaders, completed or attempted. */
  List<String> moments() {
    return moments;
  }

  FakeRaftMember member(Member at) {
    return members.computeIfAbsent(at.id(), any -> FakeRaftMember.newcomer(this, at));
  }

  FakeRaftMember named(String id) {
    return members.get(id);
  }

  Collection<FakeRaftMember> members() {
    return members.values();
  }

  /** Whether what these members vote for is decided. */
  boolean isMajority(Collection<String> ids) {
    Set<String> all = votingMembers();
    long up = all.stream().filter(ids::contains).count();
    return up >= Quorum.majority(all.size());
  }

  Set<String> votingMembers() {
    return voters.stream()
        .map(peer -> PeerIds.member(peer.getId()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Set<String> alive() {
    return members.values().stream()
        .filter(FakeRaftMember::alive)
        .map(FakeRaftMember::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Another leader, if there is none and a majority is up; the one that led last comes last. */
  void elect() {
    if (leader.isPresent() || !isMajority(alive())) {
      return;
    }
    Set<String> able = new TreeSet<>(votingMembers());
    able.retainAll(alive());
    able.stream()
        .filter(id -> !deposed.equals(Optional.of(id)))
        .findFirst()
        .or(() -> able.stream().findFirst())
        .ifPresent(this::lead);
  }

  private void lead(String id) {
    term++;
    leader = Optional.of(id);
    deposed = Optional.empty();
    halfDone.ifPresent(Runnable::run);
    halfDone = Optional.empty();
  }

  /** A configuration that the leader found half done is committed now. */
  void settle() {
    settled = true;
  }

  /** A member is gone, for now or for good. */
  void ended(String id) {
    if (leader.equals(Optional.of(id))) {
      leader = Optional.empty();
      deposed = Optional.of(id);
    }
  }

  /** Logs a command of the leader, or of a client through it. */
  Submission submit(String author, Proposal proposal) {
    if (!leader.equals(Optional.of(author))) {
      return new Submission.NotLeader(leader);
    }
    if (!isMajority(alive())) {
      return new Submission.Unknown("no majority is up");
    }
    long authored = term;
    Applied[] outcome = new Applied[1];
    bringAbout(
        proposal.command().wireName(),
        () -> outcome[0] = log(proposal, authored),
        () -> log(proposal, authored));
    return new Submission.Answered(outcome[0].outcome(), false, index, authored);
  }

  /** A leader changes who votes. */
  boolean change(String author, List<RaftPeer> current, List<RaftPeer> wanted) {
    Set<String> up = alive();
    List<RaftPeer> before = voters;
    boolean possible =
        leader.equals(Optional.of(author)) && settled && before.equals(current) && isMajority(up);
    if (!possible) {
      return false;
    }
    bringAbout(
        "votes of " + wanted,
        () -> vote(wanted),
        () -> {
          vote(wanted);
          settled = false;
        });
    return true;
  }

  /** A leader lets another one lead. */
  boolean handOver(String author, String heir) {
    if (!leader.equals(Optional.of(author)) || !alive().contains(heir)) {
      return false;
    }
    bringAbout("hand-over to " + heir, () -> lead(heir), () -> {});
    return true;
  }

  private void bringAbout(String what, Runnable done, Runnable half) {
    moments.add(what);
    if (moments.size() != fatal) {
      done.run();
      return;
    }
    String author = leader.orElseThrow();
    switch (when) {
      case BEFORE -> {}
      case HALFWAY -> halfDone = Optional.of(half);
      case AFTER -> done.run();
    }
    named(author).die();
    throw new LeaderDied();
  }

  private Applied log(Command command, long author) {
    return log(TestEnsemble.proposal(command), author);
  }

  private Applied log(Proposal proposal, long author) {
    MemberList before = list();
    Applied applied = ClusterStateMachine.apply(state, new EntryId(++index, author), proposal);
    state = applied.state();
    boolean ordered = proposal.command() instanceof Command.MemberCommand;
    begun += ordered && !list().equals(before) ? 1 : 0;
    before.change().filter(it -> list().change().isEmpty()).ifPresent(this::checkMoved);
    check();
    members.values().forEach(FakeRaftMember::catchUp);
    return applied;
  }

  private void vote(List<RaftPeer> wanted) {
    Set<String> before = votingMembers();
    int size = voters.size();
    voters = List.copyOf(wanted);
    settled = true;
    assertEquals(voters.size(), votingMembers().size(), () -> "a member votes twice: " + voters);
    assertTrue(Math.abs(voters.size() - size) <= 1, () -> before + " became " + voters);
    list()
        .change()
        .flatMap(MemberChange::leaving)
        .ifPresent(
            leaving ->
                assertTrue(
                    before.contains(leaving) || !votingMembers().contains(leaving),
                    () -> leaving + " gets back the vote that it has lost"));
    voters.forEach(
        peer -> {
          FakeRaftMember voting = named(PeerIds.member(peer.getId()));
          assertEquals(voting.peer(), peer.getId().toString(), "it votes with what it has");
        });
    check();
    members.values().forEach(FakeRaftMember::catchUp);
  }

  private void checkMoved(MemberChange over) {
    if (over.step() == MemberChange.Step.MOVING) {
      FakeRaftMember moved = named(over.id());
      assertTrue(moved.alive(), () -> moved.id() + " is awaited no more");
      assertEquals(list().find(over.id()), Optional.of(moved.self().recorded()), "where it is");
    }
  }

  /** Who votes, and who should. */
  private void check() {
    if (!list().isRecorded()) {
      return;
    }
    Optional<MemberChange> change = list().change();
    Set<String> allowed = new TreeSet<>(list().members().stream().map(each -> each.id()).toList());
    assertTrue(
        allowed.containsAll(votingMembers()),
        () -> votingMembers() + " vote, but the list has " + allowed);
    Set<String> due = new TreeSet<>(allowed);
    change.flatMap(MemberChange::joining).ifPresent(due::remove);
    change.flatMap(MemberChange::leaving).ifPresent(due::remove);
    assertTrue(
        votingMembers().containsAll(due),
        () -> due + " should vote, but " + votingMembers() + " do");
  }
}
