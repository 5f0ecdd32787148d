// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks the other members for their reports, round by round, and acts on them. Every member raises
 * alarms and notices its own removal; the leader also admits, adds and removes members, and raises
 * the format. Used by one thread, except that {@link #waitingOn} is thread-safe.
 */
final class MembershipLoop {
  private final PeerReports peers;
  private final Leadership leadership;
  private final MembershipWatch watch;
  private final MembershipKeeper keeper;
  private final MemberChanges changes;
  private final FormatRaiser raiser;
  private final Consumer<PeerAnswers> removal;
  private final PeerPollPace pace = new PeerPollPace();

  private MembershipLoop(
      PeerReports peers,
      Leadership leadership,
      MembershipWatch watch,
      MembershipKeeper keeper,
      MemberChanges changes,
      FormatRaiser raiser,
      Consumer<PeerAnswers> removal) {
    this.peers = peers;
    this.leadership = leadership;
    this.watch = watch;
    this.keeper = keeper;
    this.changes = changes;
    this.raiser = raiser;
    this.removal = removal;
  }

  /** A loop over the parts of a running member. */
  static MembershipLoop of(
      RatisSettings settings,
      KnownMembers members,
      PeerReports peers,
      DataDirectory directory,
      RaftNode node,
      LeadershipWatch leadership,
      MembershipWatch watch,
      LinearizableReads reads,
      StateView view,
      CommandLog log,
      int maxFormat,
      Clock clock,
      FailureListener failure) {
    Voters voters = new Voters(settings, node, leadership, RaftDial::failure);
    EnsembleClock time = new EnsembleClock(settings.memberId(), clock, System::nanoTime, view);
    Admissions admissions =
        new Admissions(settings, directory::identity, view, new RoundCommands(log, time));
    return new MembershipLoop(
        peers,
        leadership,
        watch,
        new MembershipKeeper(settings, members, voters, admissions, node, leadership, reads, view),
        new MemberChanges(
            settings,
            members,
            node,
            voters,
            leadership,
            view,
            new RoundCommands(log, time),
            RaftDial::failure),
        new FormatRaiser(
            settings,
            members,
            maxFormat,
            () -> watch.voters().orElse(Set.of()),
            view,
            new RoundCommands(log, time)),
        heard ->
            Removal.look(directory.identity(), view.current().state().members(), heard, failure));
  }

  /** What a change of the list of members waits for. */
  Optional<String> waitingOn() {
    return changes.waitingOn();
  }

  /** Runs one round. Nobody is asked in a round that {@link PeerPollPace} leaves out. */
  void round() throws InterruptedException, IOException {
    Leadership.View view = leadership.current();
    if (!view.leads()) {
      keeper.rest();
      changes.rest();
    }
    if (!pace.isDue(view, watch.isFresh())) {
      return;
    }
    PeerAnswers answers = peers.gather();
    watch.look(answers);
    removal.accept(answers);
    if (view.leads()) {
      keeper.look(answers.reports());
      changes.look(answers.reports());
      raiser.look(view, answers.reports());
    }
    pace.found(view, watch.allFollow());
  }
}
