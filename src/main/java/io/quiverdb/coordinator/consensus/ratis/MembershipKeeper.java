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
 * Looks after the members while this one leads: brings back those that lost their data and those
 * that stand still, by another leadership if it must. Level-triggered: every round looks at what
 * is, so a leader that died in the middle is simply followed by another. Used by one thread.
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
    this.readds = new Backoff(settings.tuning().curePause(), MAX_READD_PAUSE);
  }

  /** This member does not lead. */
  void rest() {
    standstill.reset();
    deaf.reset();
  }

  /** One round, with what the others have just said of themselves. */
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
   * Whether a member that answers over HTTP does not answer over Raft: gRPC remembers refusals from
   * before it was up, and waits longer and longer before it connects again.
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
        voters.say(member.id(), "comes back without its data: it is taken out and added again");
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
   * An attempt that fails may leave the whole log at the member. The next one then has nothing to
   * send, never hears how far the member has come, and never ends (Ratis 3.3.0); nor does any later
   * change or hand-over. So each attempt comes with an entry: the admission once more.
   */
  private void add(Member member, MemberReport report) throws InterruptedException {
    if (voters.mayAdd(member.id(), member.raft())) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
      voters.add(report);
    }
  }

  /** One that has data was recorded before it had any; else it runs on what was put back. */
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
              + ": stop it, and see which of its directories is the newer one");
    }
  }

  /**
   * Says that the old self of a member is out. A deposed leader may hold an outdated configuration,
   * so a read that was sent after the report came must confirm that this one still leads.
   */
  private void admit(Member member, MemberReport report) throws InterruptedException {
    try {
      var unused =
          reads.linearizable().get(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("{} is not admitted yet: {}", member.id(), e.toString());
      return;
    }
    if (leadership.current().leads() && node.configurationIsSettled() && !node.votes(member.id())) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
    }
  }

  /**
   * A new leader finds out afresh what a follower has. The follower keeps its vote meanwhile: taken
   * out and added again it would be cured as well, unless something fails in between.
   */
  private void readd(Member member, Map<String, MemberReport> reports) throws InterruptedException {
    Optional<String> heir = voters.heir(member.id(), reports);
    if (heir.isEmpty()) {
      voters.say(
          member.id(),
          "answers, but stands still, and no other member keeps up that could lead in this one's"
              + " place. Restart this member, "
              + settings.memberId()
              + ": another leadership lets the other one go on");
      return;
    }
    LOG.warn("{} answers, but stands still: {} shall lead in its favour", member.id(), heir.get());
    readds.attempted(member.id(), System.nanoTime());
    voters.handOver(heir.get());
  }

  /**
   * Lets another one lead if it is this leadership that holds the others up. Seldom, as with
   * readds: the pause between two attempts begins at a minute. It is forgotten when it has passed
   * and nothing was wrong then.
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
          "{}, and no other member keeps up that could lead in its place. Start the others",
          why.get());
      return;
    }
    LOG.warn("{}: {} shall lead", why.get(), heir.get());
    voters.handOver(heir.get());
  }

  private Optional<String> unfit(Map<String, MemberReport> reports) {
    if (deaf.check(node.votingMembers(), reports, System.nanoTime())) {
      return Optional.of(
          "no other member can connect to the Raft address of this leader: see the alarm"
              + " member_not_following");
    }
    return voters.jammed()
        ? Optional.of("this leader cannot change who votes any more")
        : Optional.empty();
  }

  private boolean keepsQuorum(Member without, Map<String, MemberReport> reports) {
    Optional<String> missing = voters.missing(without.id(), false, reports);
    missing.ifPresent(why -> voters.say(without.id(), "has to wait: " + why));
    return missing.isEmpty();
  }
}
