// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.Submission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Proposals that are submitted to one leader side by side. A busy machine may elect another leader
 * at any time, so one that is not answered is submitted again.
 */
final class ParallelSubmissions {
  private record Sent(Proposal proposal, CompletableFuture<Submission> submission) {}

  private final TestEnsemble ensemble;
  private final RatisEnsemble leader;
  private final Deque<Sent> underWay = new ArrayDeque<>();
  private final List<Submission.Answered> answers = new ArrayList<>();

  ParallelSubmissions(TestEnsemble ensemble) {
    this.ensemble = ensemble;
    this.leader = ensemble.member(ensemble.leader());
  }

  void send(Proposal proposal) {
    underWay.add(new Sent(proposal, leader.commandLog().submit(proposal)));
  }

  /** Waits until at most so many are not answered yet. */
  void awaitAtMost(int unanswered) {
    while (underWay.size() > unanswered) {
      Sent oldest = underWay.remove();
      answers.add(
          TestEnsemble.answer(oldest.submission()) instanceof Submission.Answered answered
              ? answered
              : ensemble.submit(oldest.proposal()));
    }
  }

  /** All answers, in the order of the proposals. */
  List<Submission.Answered> answers() {
    awaitAtMost(0);
    return List.copyOf(answers);
  }
}
