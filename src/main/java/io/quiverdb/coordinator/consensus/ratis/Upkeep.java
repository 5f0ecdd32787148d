// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import java.io.IOException;

/** What a member does about the others, round by round. Used by one thread. */
final class Upkeep {
  private final PeerReports peers;
  private final Leadership leadership;
  private final MembershipWatch watch;
  private final MembershipKeeper keeper;
  private final FormatRaiser raiser;
  private final UpkeepPace pace = new UpkeepPace();

  Upkeep(
      PeerReports peers,
      Leadership leadership,
      MembershipWatch watch,
      MembershipKeeper keeper,
      FormatRaiser raiser) {
    this.peers = peers;
    this.leadership = leadership;
    this.watch = watch;
    this.keeper = keeper;
    this.raiser = raiser;
  }

  /** One round; in some of them nobody is asked. */
  void round() throws InterruptedException, IOException {
    Leadership.View view = leadership.current();
    if (!view.leads()) {
      keeper.rest();
    }
    if (!pace.isDue(view, watch.isFresh())) {
      return;
    }
    PeerAnswers answers = peers.gather();
    watch.look(answers);
    if (view.leads()) {
      keeper.look(answers.reports());
      raiser.look(view, answers.reports());
    }
    pace.found(view, watch.allFollow());
  }
}
