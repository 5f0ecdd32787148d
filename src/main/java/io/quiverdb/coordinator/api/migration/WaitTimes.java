// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Measures how long the active migration has waited for each thing, as this member has seen it in
 * the log. The log holds the beginning of a wait by the clock of the leader that logged it, which
 * cannot be compared with this member's clock. Thread-safe.
 */
final class WaitTimes {
  private final EnsembleClock time;
  private Optional<Migration> last = Optional.empty();

  /** Several shards may be away at once, each since another time. */
  private final Map<About, Wait> waits = new HashMap<>();

  private record About(String what, List<String> urls) {}

  private record Wait(WaitingOn waitingOn, long term, long sinceNanos) {
    /** One leader logs one beginning for a wait; the next leader logs another, by its own clock. */
    boolean goesOn(WaitingOn now, long nowTerm) {
      return term != nowTerm || waitingOn.sinceMillis() == now.sinceMillis();
    }
  }

  WaitTimes(EnsembleClock time, StateView view) {
    this.time = time;
    // The subscription lasts as long as the view.
    StateView.Subscription unused = view.subscribe(applied -> saw(applied.state()));
    saw(view.current().state());
  }

  private synchronized void saw(ClusterState state) {
    Optional<Migration> active = state.migrations().active();
    if (active.isEmpty() || wentOn(active.get())) {
      waits.clear();
    }
    active.flatMap(Migration::waitingOn).ifPresent(now -> saw(now, active.get().runner().term()));
    last = active;
  }

  private void saw(WaitingOn now, long term) {
    if (now.urls().isEmpty()) {
      // A shard is back; a wait that names no URL continues.
      waits.keySet().removeIf(about -> about.what().equals(now.what()) && !about.urls().isEmpty());
    }
    waits.compute(
        new About(now.what(), now.urls()),
        (about, known) ->
            known != null && known.goesOn(now, term)
                ? new Wait(now, term, known.sinceNanos())
                : new Wait(now, term, time.nanos()));
  }

  /** An order to retry ends a wait in the log, but does not bring the shard back. */
  @SuppressWarnings("ReferenceEquality") // an entry that reports no progress keeps the instance
  private boolean wentOn(Migration now) {
    Optional<Migration> before = last.filter(migration -> migration.id() == now.id());
    return before.isEmpty()
        || before.get().phase() != now.phase()
        || !before.get().skipped().equals(now.skipped())
        || (now.waitingOn().isEmpty() && before.get().progress() != now.progress());
  }

  /** The longest wait for something of this kind; empty if there is none. */
  synchronized Optional<Duration> longest(Predicate<WaitingOn> kind) {
    return waits.values().stream()
        .filter(wait -> kind.test(wait.waitingOn()))
        .map(wait -> Duration.ofNanos(time.nanos() - wait.sinceNanos()))
        .max(Duration::compareTo);
  }
}
