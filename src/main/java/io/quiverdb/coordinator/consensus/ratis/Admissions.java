// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.Incarnations;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's records in the log of the incarnations under which members vote; the next leader
 * needs them too. Used by one thread. The rules refuse a record of an older term.
 */
final class Admissions {
  private static final Logger LOG = LoggerFactory.getLogger(Admissions.class);

  private final RatisSettings settings;
  private final Supplier<Identity> identity;
  private final StateView view;
  private final CommandLog log;
  private final EnsembleClock time;
  private CompletableFuture<Void> recording = CompletableFuture.completedFuture(null);

  Admissions(
      RatisSettings settings,
      Supplier<Identity> identity,
      StateView view,
      CommandLog log,
      Clock clock) {
    this.settings = settings;
    this.identity = identity;
    this.view = view;
    this.log = log;
    this.time = new EnsembleClock(settings.memberId(), clock, System::nanoTime, view);
  }

  /**
   * Records the founders of the ensemble, unless an earlier leader has. No member is admitted
   * before that, because the incarnation that it replaces would be unknown.
   *
   * @return whether they are recorded
   */
  boolean foundersAreRecorded(Leadership.View leading) {
    Map<String, String> founders = new TreeMap<>(identity.get().known());
    founders.put(settings.memberId(), identity.get().incarnation());
    founders.keySet().removeAll(recorded().current().keySet());
    founders.values().removeAll(recorded().retired()); // of those that were removed since
    if (recording.isDone()) {
      recording =
          CompletableFuture.allOf(
              founders.entrySet().stream()
                  .map(founder -> record(leading, founder.getKey(), founder.getValue()))
                  .toArray(CompletableFuture<?>[]::new));
    }
    return founders.isEmpty();
  }

  /** The incarnation under which a member votes; empty if none was ever recorded. */
  Optional<String> of(String member) {
    return recorded().of(member);
  }

  /**
   * Retires the present incarnation of a member, if it has one, in favour of another. Does nothing
   * while the last record is under way: the next round shows whether it is still needed. Does
   * nothing for a retired incarnation, which the log would refuse in every round.
   */
  void admit(Leadership.View leading, String member, String incarnation) {
    if (recording.isDone() && !recorded().retired().contains(incarnation)) {
      recording = record(leading, member, incarnation);
    }
  }

  private CompletableFuture<Void> record(
      Leadership.View leading, String member, String incarnation) {
    Command command = new Command.AdmitMember(member, incarnation, leading.term());
    return log.submit(Proposal.of(time.stamp(Stamp.SYSTEM), command))
        .thenAccept(answer -> LOG.info("{} as {}: {}", member, incarnation, answer));
  }

  private Incarnations recorded() {
    return view.current().state().incarnations();
  }
}
