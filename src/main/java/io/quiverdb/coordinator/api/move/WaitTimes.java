package io.quiverdb.coordinator.api.move;

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
 * For how long the active move has waited for what it waits for, as this member has seen it in the
 * log. The log tells when a wait began by the clock of the leader that said so; no other clock may
 * be compared with that one. Thread-safe.
 */
final class WaitTimes {
  private final EnsembleClock time;
  private Optional<Migration> last = Optional.empty();

  /** Several shards may be away, each for a time of its own; questions may be shown between. */
  private final Map<About, Wait> waits = new HashMap<>();

  private record About(String what, List<String> urls) {}

  private record Wait(WaitingOn waitingOn, long term, long sinceNanos) {
    /** One leader gives one wait one beginning; the clock of the next leader gives it another. */
    boolean goesOn(WaitingOn now, long nowTerm) {
      return term != nowTerm || waitingOn.sinceMillis() == now.sinceMillis();
    }
  }

  WaitTimes(EnsembleClock time, StateView view) {
    this.time = time;
    // It lasts as long as the view, and is never told to end.
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
      // Who was away is back; a wait that names nobody goes on.
      waits.keySet().removeIf(about -> about.what().equals(now.what()) && !about.urls().isEmpty());
    }
    waits.compute(
        new About(now.what(), now.urls()),
        (about, known) ->
            known != null && known.goesOn(now, term)
                ? new Wait(now, term, known.sinceNanos())
                : new Wait(now, term, time.nanos()));
  }

  /** A wish to try again ends a wait in the log, but nobody has come back by that. */
  @SuppressWarnings("ReferenceEquality") // an entry that reports no progress keeps the instance
  private boolean wentOn(Migration now) {
    Optional<Migration> before = last.filter(move -> move.id() == now.id());
    return before.isEmpty()
        || before.get().phase() != now.phase()
        || !before.get().skipped().equals(now.skipped())
        || (now.waitingOn().isEmpty() && before.get().progress() != now.progress());
  }

  /** The longest wait for something of this kind; empty if it is waited for nothing like it. */
  synchronized Optional<Duration> longest(Predicate<WaitingOn> kind) {
    return waits.values().stream()
        .filter(wait -> kind.test(wait.waitingOn()))
        .map(wait -> Duration.ofNanos(time.nanos() - wait.sinceNanos()))
        .max(Duration::compareTo);
  }
}
