// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The replicated log for the leader of one term. */
final class LeaderLog implements MigrationLog {
  private final String self;
  private final long term;
  private final CommandLog log;
  private final StateView view;
  private final Leadership leadership;
  private final EnsembleClock time;

  LeaderLog(
      String self,
      long term,
      CommandLog log,
      StateView view,
      Leadership leadership,
      EnsembleClock time) {
    this.self = self;
    this.term = term;
    this.log = log;
    this.view = view;
    this.leadership = leadership;
    this.time = time;
  }

  @Override
  public ClusterState state() {
    return view.current().state();
  }

  @Override
  public Outcome submit(Command command) throws UnknownOutcomeException, InterruptedException {
    Leadership.View now = leadership.current();
    if (!now.leads() || now.term() != term) {
      throw lost();
    }
    Submission submission;
    try {
      submission = log.submit(Proposal.of(time.stamp(Stamp.SYSTEM), command)).get();
    } catch (ExecutionException e) {
      throw new UnknownOutcomeException(String.valueOf(e.getMessage()));
    }
    if (submission instanceof Submission.Answered answered) {
      if (answered.outcome() instanceof Rejected rejected
          && rejected.refusal() == Refusal.STALE_TERM) {
        throw lost();
      }
      return answered.outcome();
    }
    if (submission instanceof Submission.NotLeader) {
      throw lost();
    }
    throw new UnknownOutcomeException(
        submission instanceof Submission.Unavailable unavailable
            ? unavailable.reason()
            : ((Submission.Unknown) submission).reason());
  }

  private FencedException lost() {
    return new FencedException(self + " does not lead in term " + term + " any more");
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an entry that changes nothing returns the same instance
  public void awaitChange(ClusterState seen, Duration limit) throws InterruptedException {
    CountDownLatch changed = new CountDownLatch(1);
    try (StateView.Subscription subscription =
        view.subscribe(
            state -> {
              if (state.state() != seen) {
                changed.countDown();
              }
            })) {
      if (state() == seen) {
        var unused = changed.await(limit.toNanos(), TimeUnit.NANOSECONDS);
      }
    }
  }
}
