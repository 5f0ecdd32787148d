// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Quorum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes the voting members and hands leadership over. Used by the leader, on one thread. */
final class Voters {
  private static final Logger LOG = LoggerFactory.getLogger(Voters.class);
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(3);

  /**
   * Spaces out the attempts: while a member is being added, Ratis neither checks its leadership nor
   * hands it over.
   */
  private static final Duration ADD_PAUSE = Duration.ofSeconds(2);

  private static final Duration MAX_ADD_PAUSE = Duration.ofMinutes(1);

  private final RatisSettings settings;
  private final RaftMembership node;
  private final Leadership leadership;
  private final Function<String, Optional<String>> dial;
  private final JammedChanges jammed = new JammedChanges();
  private final Backoff additions = new Backoff(ADD_PAUSE, MAX_ADD_PAUSE);
  private final Set<String> said = new HashSet<>();

  /**
   * The votes of one ensemble.
   *
   * @param dial why a Raft address takes no connection, if so
   */
  Voters(
      RatisSettings settings,
      RaftMembership node,
      Leadership leadership,
      Function<String, Optional<String>> dial) {
    this.settings = settings;
    this.node = node;
    this.leadership = leadership;
    this.dial = dial;
  }

  /** Whether a committed configuration says that a member votes, or does not vote. */
  boolean isCommitted(String id, boolean votes) {
    return node.votes(id) == votes && node.isConfigurationCommitted();
  }

  /** Notes that this member votes: the next attempt to add it need not wait. */
  void added(String id) {
    additions.forget(id);
  }

  /** Whether changes of the configuration fail in this leadership, for any member. */
  boolean jammed() {
    return jammed.in(leadership.current().term());
  }

  /**
   * Whether an attempt to add a member is due and may succeed. A hopeless attempt would delay other
   * changes.
   *
   * @param raft its address
   */
  boolean mayAdd(String id, String raft) {
    if (!additions.due(id, System.nanoTime())) {
      return false;
    }
    Optional<String> unreachable = dial.apply(raft);
    unreachable.ifPresent(
        why ->
            say(
                id,
                "does not vote and cannot be added: its Raft address "
                    + raft
                    + " takes no connection from this member: "
                    + why));
    return unreachable.isEmpty();
  }

  /** Gives a member a vote. */
  void add(MemberReport report) throws InterruptedException {
    List<RaftPeer> wanted = new ArrayList<>(without(report.id()));
    wanted.add(node.named(report.peer()));
    if (!change("add", report.id(), wanted)) {
      additions.attempted(report.id(), System.nanoTime());
    }
  }

  /** Takes the vote of a member. */
  boolean takeOut(String id) throws InterruptedException {
    return change("take out", id, without(id));
  }

  private List<RaftPeer> without(String id) {
    return node.voters().stream().filter(peer -> !PeerIds.member(peer.getId()).equals(id)).toList();
  }

  private boolean change(String what, String id, List<RaftPeer> wanted)
      throws InterruptedException {
    long term = leadership.current().term();
    @Nullable Throwable why;
    try {
      RaftClientReply reply =
          node.setVoters(node.voters(), wanted).get(CHANGE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (reply.isSuccess()) {
        said.clear();
        jammed.changed();
        LOG.info("the voting members are now {}", wanted.stream().map(RaftPeer::getId).toList());
        return true;
      }
      why = reply.getException();
    } catch (ExecutionException | TimeoutException e) {
      why = e;
    }
    jammed.failed(term, why);
    LOG.info("could not {} {} now, will try again: {}", what, id, String.valueOf(why));
    return false;
  }

  /** Hands leadership over. If that fails, this member continues to lead. */
  void handOver(String heir) throws InterruptedException {
    try {
      var unused =
          leadership
              .transfer(Optional.of(heir), HAND_OVER_LIMIT)
              .get(HAND_OVER_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the leadership was not transferred to {}: {}", heir, e.toString());
    }
  }

  /** The member to lead next: it answers and has the longest log. */
  Optional<String> heir(String without, Map<String, MemberReport> reports) {
    return sound(reports)
        .filter(follower -> !follower.id().equals(without))
        .max(Comparator.comparingLong(MemberProgress::matchIndex))
        .map(MemberProgress::id);
  }

  /**
   * Whether the voters can remove one of them: they must be able to commit the removal, and to
   * commit without it afterwards.
   *
   * @param helps whether the removed member can still vote for its removal; a member that lost its
   *     data cannot
   * @return why not; empty if they can
   */
  Optional<String> missing(String without, boolean helps, Map<String, MemberReport> reports) {
    Set<String> voters = node.votingMembers();
    long sound =
        sound(reports).filter(follower -> !follower.id().equals(without)).count()
            + (settings.memberId().equals(without) ? 0 : 1);
    boolean itself =
        helps
            && (settings.memberId().equals(without)
                || sound(reports).anyMatch(follower -> follower.id().equals(without)));
    int left = voters.size() - 1;
    boolean commits = sound + (itself ? 1 : 0) >= Quorum.majority(voters.size());
    if (commits && sound >= Quorum.majority(left)) {
      return Optional.empty();
    }
    return Optional.of(
        "of "
            + voters.size()
            + " voting members only "
            + sound
            + " besides it are up, which is no majority. Start the others");
  }

  private Stream<MemberProgress> sound(Map<String, MemberReport> reports) {
    return node.followers().stream()
        .filter(follower -> node.votes(follower.id()))
        .filter(follower -> follower.silence().compareTo(settings.patience()) <= 0)
        .filter(follower -> isSound(reports.get(follower.id())));
  }

  private static boolean isSound(@Nullable MemberReport report) {
    return report != null && report.role() != Leadership.Role.REJOINING;
  }

  /** Logs a warning once, although every round repeats it. */
  void say(String id, String what) {
    if (said.add(id + " " + what)) {
      LOG.warn("{} {}", id, what);
    }
  }
}
