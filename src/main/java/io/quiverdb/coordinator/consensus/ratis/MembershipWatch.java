// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import io.quiverdb.coordinator.consensus.Reads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which of the other members vote and follow, and why the rest do not. While a member
 * does not follow itself, it reports nothing about others, because its own fault would look like
 * theirs. One thread calls {@code look}; the other methods are thread-safe.
 */
final class MembershipWatch implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipWatch.class);

  private record Seen(
      List<Trouble> troubles, Optional<Set<String>> following, Map<String, String> unreachable) {}

  /** What this member knows by itself. */
  record Own(boolean fresh, Set<String> voters, Optional<String> leader) {}

  private final RatisSettings settings;
  private final KnownMembers members;
  private final Supplier<@Nullable RaftNode> node;
  private final Reads reads;
  private final Function<String, Optional<String>> dial;
  private volatile Seen seen = new Seen(List.of(), Optional.empty(), Map.of());
  private Map<String, MemberReport> before = Map.of();

  MembershipWatch(
      RatisSettings settings,
      KnownMembers members,
      Supplier<@Nullable RaftNode> node,
      Reads reads) {
    this(settings, members, node, reads, RaftDial::failure);
  }

  /**
   * A watch that has not looked yet.
   *
   * @param dial why a Raft address takes no connection, if so
   */
  MembershipWatch(
      RatisSettings settings,
      KnownMembers members,
      Supplier<@Nullable RaftNode> node,
      Reads reads,
      Function<String, Optional<String>> dial) {
    this.settings = settings;
    this.members = members;
    this.node = node;
    this.reads = reads;
    this.dial = dial;
  }

  /** Logs where configuration and log differ. Called once, at the start. */
  void compare(List<RaftPeer> voters) {
    Map<String, String> configured =
        members.all().stream().collect(Collectors.toMap(Member::id, Member::raft));
    for (RaftPeer voter : voters) {
      String id = PeerIds.member(voter.getId());
      String address = configured.get(id);
      if (address == null) {
        LOG.warn("{}", unnamed(id));
      } else if (!PeerAddresses.isName(voter.getAddress()) && !address.equals(voter.getAddress())) {
        LOG.warn(
            "the ensemble knows member {} at the Raft address {}, but ensemble.members here"
                + " says {}: this member connects to the latter. The others connect to the"
                + " address in their own files: change it in all of them, and restart them one"
                + " by one",
            id,
            voter.getAddress(),
            address);
      }
    }
  }

  @Override
  public Optional<Set<String>> voters() {
    RaftNode running = node.get();
    return running == null
        ? Optional.empty()
        : Optional.of(ids(running)).filter(voters -> !voters.isEmpty());
  }

  private static Set<String> ids(RaftNode running) {
    return running.votingMembers();
  }

  @Override
  public List<Trouble> troubles() {
    return seen.troubles();
  }

  @Override
  public Optional<Set<String>> following() {
    return seen.following();
  }

  /** See {@link MemberReport#unreachable}. */
  Map<String, String> unreachable() {
    return seen.unreachable();
  }

  /** Runs one round on the newest reports of the others. */
  void look(PeerAnswers answers) {
    RaftNode running = node.get();
    look(
        answers,
        running == null
            ? new Own(false, Set.of(), Optional.empty())
            : new Own(isFresh(), ids(running), running.leaderId()));
  }

  /** Whether this member follows the leader, or leads with a majority. */
  boolean isFresh() {
    return reads.staleness().filter(age -> age.compareTo(settings.freshWithin()) < 0).isPresent();
  }

  /** Whether all others followed in the last round, without any trouble. */
  boolean allFollow() {
    Seen last = seen;
    return last.troubles().isEmpty()
        && last.following().filter(ids -> ids.size() == members.others().size()).isPresent();
  }

  void look(PeerAnswers answers, Own own) {
    List<Trouble> troubles = new ArrayList<>();
    Set<String> following = new TreeSet<>();
    Optional<Member> leader = leader(own);
    Map<String, String> cutOff = new TreeMap<>();
    for (Member member : members.others()) {
      MemberReport report = answers.reports().get(member.id());
      if (report == null) {
        stranger(answers.failures().get(member.id()))
            .ifPresent(who -> troubles.add(notFollowing(member, who)));
      } else if (isKeptFromVoting(report)) {
        troubles.add(
            notFollowing(
                member, "member " + member.id() + " grants no vote yet: " + report.noVote()));
      } else if (own.voters().contains(member.id()) && report.ready()) {
        following.add(member.id());
      } else if (own.fresh() && leader.map(it -> report.unreachable().get(it.id())).isPresent()) {
        leader.ifPresent(it -> cutOff.put(member.id(), report.unreachable().get(it.id())));
      } else if (own.fresh()) {
        absent(member, report, own).ifPresent(detail -> troubles.add(notFollowing(member, detail)));
      }
    }
    Map<String, String> unreachable = new TreeMap<>();
    if (!own.fresh()) {
      leader
          .filter(it -> !it.id().equals(settings.memberId()))
          .ifPresent(it -> dial.apply(it.raft()).ifPresent(why -> unreachable.put(it.id(), why)));
      unreachable.values().forEach(why -> cutOff.put(settings.memberId(), why));
    }
    leader.filter(it -> !cutOff.isEmpty()).ifPresent(it -> troubles.add(deaf(it, cutOff)));
    if (members.recorded()) {
      difference().ifPresent(troubles::add);
    } else {
      strangers(own).forEach(troubles::add);
    }
    seen =
        new Seen(
            List.copyOf(troubles),
            own.fresh() ? Optional.of(Set.copyOf(following)) : Optional.empty(),
            Map.copyOf(unreachable));
    before = answers.reports();
  }

  private static Trouble notFollowing(Member member, String detail) {
    return new Trouble(member.id(), Kind.NOT_FOLLOWING, detail);
  }

  private static Optional<String> stranger(@Nullable Throwable failure) {
    return failure instanceof OtherMemberException other
        ? Optional.of(String.valueOf(other.getMessage()))
        : Optional.empty();
  }

  private Optional<String> absent(Member member, MemberReport report, Own own) {
    // A member that waits to be added has its own alarm.
    if (report.role() == Leadership.Role.REJOINING) {
      return Optional.empty();
    }
    if (!own.voters().contains(member.id())) {
      return Optional.of("member " + member.id() + " does not vote: " + why(member, own));
    }
    return comesOn(report)
        ? Optional.empty()
        : Optional.of(
            "member "
                + member.id()
                + " answers over HTTP, but follows no leader: "
                + why(member, own));
  }

  /**
   * Whether a member has refused to vote in two rounds: right after its start it has not asked the
   * others yet.
   */
  private boolean isKeptFromVoting(MemberReport report) {
    MemberReport last = before.get(report.id());
    return last != null && !last.noVote().isEmpty() && !report.noVote().isEmpty();
  }

  /** Whether a member is catching up, which takes time and is no trouble. */
  private boolean comesOn(MemberReport report) {
    MemberReport last = before.get(report.id());
    return last == null
        || report.appliedIndex() > last.appliedIndex()
        || report.lastLogIndex() > last.lastLogIndex();
  }

  private String why(Member member, Own own) {
    return dial.apply(member.raft())
        .map(
            failure ->
                "its Raft address "
                    + member.raft()
                    + " takes no connection from member "
                    + settings.memberId()
                    + " ("
                    + failure
                    + "). If its log says that it has started, correct its raft.listen or"
                    + " ensemble.members, or open the port")
        .orElseGet(
            () ->
                "what its Raft address "
                    + member.raft()
                    + " and the leader "
                    + own.leader().orElse("")
                    + " send each other does not arrive, or is refused. Check the network"
                    + " between the two, the Raft address in every member's ensemble.members, and"
                    + " the last lines of its log");
  }

  private Optional<Member> leader(Own own) {
    return members.all().stream()
        .filter(member -> own.leader().equals(Optional.of(member.id())))
        .findFirst();
  }

  /**
   * The leader reaches the others, so it leads; but they do not reach it, so they cannot prove that
   * their state is current.
   */
  private static Trouble deaf(Member leader, Map<String, String> cutOff) {
    return notFollowing(
        leader,
        "member "
            + leader.id()
            + " leads, but its Raft address "
            + leader.raft()
            + " takes no connection from "
            + cutOff.entrySet().stream()
                .map(each -> "member " + each.getKey() + " (" + each.getValue() + ")")
                .collect(Collectors.joining(", "))
            + ". A member that does not reach the leader cannot prove that its map is"
            + " current, and does not serve it."
            + " Correct the leader's raft.listen or its address in ensemble.members, or"
            + " open the port");
  }

  /** Members that vote although this one's configuration does not name them. */
  private List<Trouble> strangers(Own own) {
    Set<String> configured = members.all().stream().map(Member::id).collect(Collectors.toSet());
    return own.voters().stream()
        .filter(id -> !configured.contains(id))
        .map(id -> new Trouble(id, Kind.NOT_CONFIGURED, unnamed(id)))
        .toList();
  }

  /**
   * A difference between the configuration and the list in the log. The configuration only counts
   * when the ensemble is founded, so it may be out of date.
   */
  private Optional<Trouble> difference() {
    if (!settings.join().isEmpty() || texts(settings.members()).equals(texts(members.all()))) {
      return Optional.empty();
    }
    return Optional.of(
        new Trouble(
            settings.memberId(),
            Kind.LIST_DIFFERS,
            "ensemble.members of member "
                + settings.memberId()
                + " is "
                + texts(settings.members())
                + ", but the members are "
                + texts(members.all())
                + ", which is what it follows. Correct the file at its next restart"));
  }

  private static String texts(List<Member> list) {
    return list.stream()
        .map(member -> member.id() + " (" + member.raft() + ", " + member.http() + ")")
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private String unnamed(String id) {
    return "member "
        + id
        + " votes, but ensemble.members of member "
        + settings.memberId()
        + " does not name it. It keeps its vote, but this member can neither ask it nor add"
        + " it again. Put it back into the file";
  }
}
