// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.MemberChange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the members voting and following while this one leads. It adds members again that lost
 * their data, and hands leadership over if that alone helps a stalled follower. Level-triggered:
 * every round decides from the current situation, so the next leader continues after this one died.
 * Used by one thread.
 */
final class MembershipKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipKeeper.class);
  private static final Duration MAX_READD_PAUSE = Duration.ofHours(1);

  private final RatisSettings settings;
  private final KnownMembers members;
  private final Voters voters;
  private final Admissions admissions;
  private final RaftMembership node;
  private final Leadership leadership;
  private final Reads reads;
  private final StateView view;
  private final StalledFollowerDetector standstill;
  private final Backoff readds;
  private final DeafLeader deaf;

  MembershipKeeper(
      RatisSettings settings,
      KnownMembers members,
      Voters voters,
      Admissions admissions,
      RaftMembership node,
      Leadership leadership,
      Reads reads,
      StateView view) {
    this.settings = settings;
    this.members = members;
    this.voters = voters;
    this.admissions = admissions;
    this.node = node;
    this.leadership = leadership;
    this.reads = reads;
    this.view = view;
    this.standstill =
        new StalledFollowerDetector(settings.tuning().stuckAfter(), settings.patience());
    this.deaf = new DeafLeader(settings.memberId(), settings.tuning().stuckAfter());
    this.readds = new Backoff(settings.tuning().readdPause(), MAX_READD_PAUSE);
  }

  /** Forgets what it has observed, because this member does not lead. */
  void rest() {
    standstill.reset();
    deaf.reset();
  }

  /** Runs one round on the newest reports of the others. */
  void look(Map<String, MemberReport> reports) throws InterruptedException {
    boolean founders = admissions.foundersAreRecorded(leadership.current());
    giveWay(reports);
    for (Member member : members.others()) {
      if (!leadership.current().leads()) {
        return;
      }
      Optional<MemberReport> report = Optional.ofNullable(reports.get(member.id()));
      if (report.isEmpty()) {
        continue;
      }
      if (silent(member)) {
        var unused = node.reconnect(member.id());
      }
      boolean votes = node.votes(member.id());
      if (votes) {
        voters.added(member.id());
      }
      if (report.get().ready()) {
        readds.forget(member.id());
      }
      Optional<String> known = admissions.of(member.id());
      boolean stuck = standsStill(member, report.get());
      if (isLeaving(member)) {
        continue; // or it would get back the vote that it has just lost
      }
      take(
          Readmission.decide(founders, known, votes, report, stuck), member, report.get(), reports);
    }
  }

  /**
   * Whether a member that answers over HTTP does not answer over Raft. After a refusal gRPC waits
   * longer and longer before it connects again, even if the member is up by then.
   */
  private boolean silent(Member member) {
    return progress(member)
        .filter(follower -> follower.silence().compareTo(settings.patience()) > 0)
        .isPresent();
  }

  private boolean isLeaving(Member member) {
    return view.current()
        .state()
        .members()
        .change()
        .flatMap(MemberChange::leaving)
        .equals(Optional.of(member.id()));
  }

  private boolean standsStill(Member member, MemberReport report) {
    long now = System.nanoTime();
    return progress(member)
            .filter(
                follower ->
                    standstill.check(
                        follower, report, node.commitIndex(), node.firstLogIndex(), now))
            .isPresent()
        && readds.due(member.id(), now);
  }

  private Optional<MemberProgress> progress(Member member) {
    return node.followers().stream()
        .filter(follower -> follower.id().equals(member.id()))
        .findFirst();
  }

  private void take(
      Readmission.Step step, Member member, MemberReport report, Map<String, MemberReport> reports)
      throws InterruptedException {
    switch (step) {
      case NONE -> {}
      case LEARN -> learn(member, report);
      case REMOVE -> {
        voters.say(member.id(), "has lost its data: it is removed and added again");
        if (keepsQuorum(member, reports) && voters.takeOut(member.id())) {
          admit(member, report);
        }
      }
      case ADMIT -> {
        if (admissions.of(member.id()).isEmpty()) {
          voters.say(member.id(), "is new: the list of members names it, so it is added");
        }
        admit(member, report);
      }
      case ADD -> add(member, report);
      case READD -> readd(member, reports);
    }
  }

  /**
   * An attempt that fails may leave the whole log at the member. The next attempt then has nothing
   * to send, never learns the member's progress, and never ends (Ratis 3.3.0); nor does any later
   * change or hand-over. So each attempt logs an entry: the admission again.
   */
  private void add(Member member, MemberReport report) throws InterruptedException {
    if (voters.mayAdd(member.id(), member.raft())) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
      voters.add(report);
    }
  }

  /**
   * Records the incarnation of a member with data, if none is recorded. If another one is recorded,
   * the member runs on a directory that was put back.
   */
  private void learn(Member member, MemberReport report) {
    Optional<String> recorded = admissions.of(member.id());
    if (recorded.isEmpty()) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
    } else {
      voters.say(
          member.id(),
          "runs on the data directory "
              + report.incarnation()
              + ", but votes with "
              + recorded.get()
              + ": stop it and find out which of its directories is the newer one");
    }
  }

  /**
   * Admits a member, which tells it that its old incarnation is removed. A deposed leader may have
   * an outdated configuration, so a read sent after the report arrived must confirm that this one
   * still leads.
   */
  private void admit(Member member, MemberReport report) throws InterruptedException {
    try {
      var unused =
          reads.linearizable().get(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("{} is not admitted yet: {}", member.id(), e.toString());
      return;
    }
    if (leadership.current().leads()
        && node.isConfigurationCommitted()
        && !node.votes(member.id())) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
    }
  }

  /**
   * Transfers the leadership, because a new leader finds out again what a follower has. The
   * follower keeps its vote. Removing and adding it would help as well, unless something failed in
   * between.
   */
  private void readd(Member member, Map<String, MemberReport> reports) throws InterruptedException {
    Optional<String> heir = voters.heir(member.id(), reports);
    if (heir.isEmpty()) {
      voters.say(
          member.id(),
          "answers but makes no progress, and no other member is up to date that could lead"
              + " instead. Restart this member, "
              + settings.memberId()
              + ": a change of leader lets the other one continue");
      return;
    }
    LOG.warn(
        "{} answers but makes no progress: the leadership is transferred to {},"
            + " so that it can continue",
        member.id(),
        heir.get());
    readds.attempted(member.id(), System.nanoTime());
    voters.handOver(heir.get());
  }

  /**
   * Hands leadership over if this leader itself prevents the others from making progress. The first
   * pause between two attempts is a minute; it is reset once it has passed and nothing was wrong.
   */
  private void giveWay(Map<String, MemberReport> reports) throws InterruptedException {
    String self = settings.memberId();
    Optional<String> why = unfit(reports);
    if (!readds.due(self, System.nanoTime())) {
      return;
    }
    if (why.isEmpty()) {
      readds.forget(self);
      return;
    }
    readds.attempted(self, System.nanoTime());
    Optional<String> heir = voters.heir(self, reports);
    if (heir.isEmpty()) {
      LOG.warn(
          "{}, and no other member is up to date that could lead instead. Start the others",
          why.get());
      return;
    }
    LOG.warn("{}: the leadership is transferred to {}", why.get(), heir.get());
    voters.handOver(heir.get());
  }

  private Optional<String> unfit(Map<String, MemberReport> reports) {
    if (deaf.check(node.votingMembers(), reports, System.nanoTime())) {
      return Optional.of(
          "no other member can connect to the Raft address of this leader: see the alarm"
              + " member_not_following");
    }
    return voters.jammed()
        ? Optional.of("this leader can no longer change the voting members")
        : Optional.empty();
  }

  private boolean keepsQuorum(Member without, Map<String, MemberReport> reports) {
    Optional<String> missing = voters.missing(without.id(), false, reports);
    missing.ifPresent(why -> voters.say(without.id(), "has to wait: " + why));
    return missing.isEmpty();
  }
}
