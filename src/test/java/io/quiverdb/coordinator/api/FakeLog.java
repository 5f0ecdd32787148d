// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeStateView;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A log whose entries all members apply at once. */
final class FakeLog {
  private final AtomicLong clock = new AtomicLong(1_764_000_000_000L);
  private final AtomicLong nanos = new AtomicLong();
  private final FakeStateView view =
      new FakeStateView(new AppliedState(ClusterState.INITIAL, -1, 0));
  private volatile String leader = "c1";
  private volatile long term = 1;
  private final AtomicReference<@Nullable Command> ahead = new AtomicReference<>();
  private volatile Optional<Submission> failure = Optional.empty();

  /** The state that all members have applied. */
  StateView view() {
    return view;
  }

  /** The monotonic clock of both members. */
  long nanos() {
    return nanos.get();
  }

  /** Lets counted time pass for both members, independent of their wall clocks. */
  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** The outcome of submissions from now on, instead of an entry; empty: normal. */
  void fail(Optional<Submission> failure) {
    this.failure = failure;
  }

  /** An entry that comes between the checks of the next submitter and its entry. */
  void beforeNext(Command command) {
    ahead.set(command);
  }

  Submission submit(Proposal proposal) {
    Optional.ofNullable(ahead.getAndSet(null)).ifPresent(this::log);
    Optional<Submission> failed = failure;
    return failed.isPresent() ? failed.get() : append(proposal);
  }

  synchronized Submission.Answered append(Proposal proposal) {
    return view.apply(proposal, term);
  }

  /** Logs a command as the engine would; it must be accepted. */
  void log(Command command) {
    Outcome outcome =
        append(Proposal.of(new Stamp(leader, Stamp.SYSTEM, clock.incrementAndGet()), command))
            .outcome();
    if (outcome instanceof Outcome.Rejected rejected) {
      throw new AssertionError(command + " was refused: " + rejected);
    }
  }

  /** Brings the active migration through these phases. */
  void advance(Phase... phases) {
    for (Phase to : phases) {
      Migration migration = active();
      log(
          to == Phase.DONE
              ? new Command.FinishMigration(migration.id(), migration.phase(), term)
              : to == Phase.REVERTED
                  ? new Command.RevertDone(migration.id(), term)
                  : new Command.AdvanceMigration(migration.id(), migration.phase(), to, "", term));
    }
  }

  Migration active() {
    return state().migrations().active().orElseThrow();
  }

  ClusterState state() {
    return view.current().state();
  }

  String leader() {
    return leader;
  }

  long term() {
    return term;
  }

  synchronized void elect(String member) {
    leader = member;
    term++;
  }
}
