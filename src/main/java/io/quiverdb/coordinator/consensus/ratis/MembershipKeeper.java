// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Reads;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the members while this one leads: brings back those that lost their data and those
 * that stand still, by another leadership if it must. Level-triggered: every round looks at what
 * is, so a leader that died in the middle is simply followed by another. Used by one thread.
 */
final class MembershipKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipKeeper.class);
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(3);

  /** An attempt to add a member suspends Ratis' check of its leadership, and every hand-over. */
  private static final Duration ADD_PAUSE = Duration.ofSeconds(2);

  private static final Duration MAX_ADD_PAUSE = Duration.ofMinutes(1);
  private static final Duration MAX_READD_PAUSE = Duration.ofHours(1);

  private final RatisSettings settings;
  private final Admissions admissions;
  private final RaftNode node;
  private final Leadership leadership;
  private final Reads reads;
  private final StalledFollowerDetector standstill;
  private final Backoff additions = new Backoff(ADD_PAUSE, MAX_ADD_PAUSE);
  private final Backoff readds;
  private final JammedChanges jammed = new JammedChanges();
  private final DeafLeader deaf;
  private final Set<String> said = new HashSet<>();

  MembershipKeeper(
      RatisSettings settings,
      Admissions admissions,
      RaftNode node,
      Leadership leadership,
      Reads reads) {
    this.settings = settings;
    this.admissions = admissions;
    this.node = node;
    this.leadership = leadership;
    this.reads = reads;
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
    for (Member member : settings.others()) {
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
        additions.forget(member.id());
      }
      if (report.get().ready()) {
        readds.forget(member.id());
      }
      Optional<String> known = admissions.of(member.id());
      boolean stuck = standsStill(member, report.get());
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
        say(member, "comes back without its data: it is taken out and added again");
        if (keepsQuorum(member, reports) && change("take out", member, false)) {
          admit(member, report);
        }
      }
      case ADMIT -> {
        if (admissions.of(member.id()).isEmpty()) {
          say(member, "is new: ensemble.members of this member names it, so it is added");
        }
        admit(member, report);
      }
      case ADD -> add(member);
      case READD -> readd(member, reports);
    }
  }

  /** One that has data was recorded before it had any; else it runs on what was put back. */
  private void learn(Member member, MemberReport report) {
    Optional<String> recorded = admissions.of(member.id());
    if (recorded.isEmpty()) {
      admissions.admit(leadership.current(), member.id(), report.incarnation());
    } else {
      say(
          member,
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

  /** Only if it can be reached: an attempt that cannot succeed keeps Ratis from other things. */
  private void add(Member member) throws InterruptedException {
    if (!additions.due(member.id(), System.nanoTime())) {
      return;
    }
    Optional<String> unreachable = RaftDial.failure(member.raft());
    if (unreachable.isPresent()) {
      say(
          member,
          "does not vote and cannot be added: its Raft address "
              + member.raft()
              + " takes no connection from this member: "
              + unreachable.get());
      return;
    }
    if (!change("add", member, true)) {
      additions.attempted(member.id(), System.nanoTime());
    }
  }

  /**
   * A new leader finds out afresh what a follower has. The follower keeps its vote meanwhile: taken
   * out and added again it would be cured as well, unless something fails in between.
   */
  private void readd(Member member, Map<String, MemberReport> reports) throws InterruptedException {
    Optional<String> heir = heir(member.id(), reports);
    if (heir.isEmpty()) {
      say(
          member,
          "answers, but stands still, and no other member keeps up that could lead in this one's"
              + " place. Restart this member, "
              + settings.memberId()
              + ": another leadership lets the other one go on");
      return;
    }
    LOG.warn("{} answers, but stands still: {} shall lead in its favour", member.id(), heir.get());
    readds.attempted(member.id(), System.nanoTime());
    handOver(heir.get());
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
    Optional<String> heir = heir(self, reports);
    if (heir.isEmpty()) {
      LOG.warn(
          "{}, and no other member keeps up that could lead in its place. Start the others",
          why.get());
      return;
    }
    LOG.warn("{}: {} shall lead", why.get(), heir.get());
    handOver(heir.get());
  }

  private Optional<String> unfit(Map<String, MemberReport> reports) {
    Set<String> voters =
        node.voters().stream().map(peer -> peer.getId().toString()).collect(Collectors.toSet());
    if (deaf.check(voters, reports, System.nanoTime())) {
      return Optional.of(
          "no other member can connect to the Raft address of this leader: see the alarm"
              + " member_not_following");
    }
    return jammed.in(leadership.current().term())
        ? Optional.of("this leader cannot change who votes any more")
        : Optional.empty();
  }

  private void handOver(String heir) throws InterruptedException {
    try {
      var unused =
          leadership
              .transfer(Optional.of(heir), HAND_OVER_LIMIT)
              .get(HAND_OVER_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the leadership was not handed over to {}: {}", heir, e.toString());
    }
  }

  /** The one to lead next: it answers and has the most. */
  private Optional<String> heir(String without, Map<String, MemberReport> reports) {
    return sound(without, reports)
        .max(Comparator.comparingLong(MemberProgress::matchIndex))
        .map(MemberProgress::id);
  }

  private Stream<MemberProgress> sound(String without, Map<String, MemberReport> reports) {
    return node.followers().stream()
        .filter(follower -> !follower.id().equals(without))
        .filter(follower -> node.votes(follower.id()))
        .filter(follower -> follower.silence().compareTo(settings.patience()) <= 0)
        .filter(follower -> isSound(reports.get(follower.id())));
  }

  private boolean keepsQuorum(Member without, Map<String, MemberReport> reports) {
    List<RaftPeer> voters = node.voters();
    long sound = 1 + sound(without.id(), reports).count();
    boolean keepsQuorum = Readmission.keepsQuorum(voters.size(), (int) sound);
    if (!keepsQuorum) {
      say(
          without,
          "has to wait: of "
              + voters.size()
              + " voting members only "
              + sound
              + " besides it are up, which is no majority. Start the others");
    }
    return keepsQuorum;
  }

  /** Rounds repeat themselves; the log does not. */
  private void say(Member member, String what) {
    if (said.add(member.id() + " " + what)) {
      LOG.warn("{} {}", member.id(), what);
    }
  }

  private static boolean isSound(@Nullable MemberReport report) {
    return report != null && report.role() != Leadership.Role.REJOINING;
  }

  private boolean change(String what, Member member, boolean in) throws InterruptedException {
    List<RaftPeer> current = node.voters();
    List<RaftPeer> wanted = new ArrayList<>(current);
    wanted.removeIf(peer -> peer.getId().toString().equals(member.id()));
    if (in) {
      wanted.add(RaftSetup.peer(member));
    }
    long term = leadership.current().term();
    @Nullable Throwable why;
    try {
      RaftClientReply reply =
          node.setVoters(current, wanted).get(CHANGE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
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
    LOG.info("could not {} {} now, will try again: {}", what, member.id(), String.valueOf(why));
    return false;
  }
}
