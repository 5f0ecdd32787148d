package io.quiverdb.coordinator.api;

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
import java.util.Set;
import java.util.function.Predicate;

/**
 * For how long the active move has waited for what it waits for, as this member has seen it in the
 * log. The log tells when a wait began by the clock of the leader that said so; no other clock may
 * be compared with that one. Thread-safe.
 */
final class WaitTimes {
  private final EnsembleClock time;
  private Optional<Migration> last = Optional.empty();

  /** By the URLs that are waited for: several shards may be away, each for a time of its own. */
  private final Map<List<String>, Wait> waits = new HashMap<>();

  private record Wait(WaitingOn waitingOn, long sinceNanos) {}

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
    Optional<WaitingOn> waiting = active.flatMap(Migration::waitingOn);
    if (waiting.isPresent()) {
      List<String> urls = waiting.get().urls();
      if (urls.isEmpty()) {
        // Who was away is back; a wait that names nobody goes on.
        waits.keySet().retainAll(Set.of(urls));
      }
      waits.putIfAbsent(urls, new Wait(waiting.get(), time.nanos()));
    }
    last = active;
  }

  /** A wish to try again ends a wait in the log, but nobody has come back by that. */
  @SuppressWarnings("ReferenceEquality") // an entry that reports no progress keeps the instance
  private boolean wentOn(Migration now) {
    Optional<Migration> before = last.filter(move -> move.id() == now.id());
    boolean waitsForTheSame =
        now.waitingOn().isEmpty()
            || last.flatMap(Migration::waitingOn).isEmpty()
            || now.waitingOn()
                .map(WaitingOn::what)
                .equals(last.flatMap(Migration::waitingOn).map(WaitingOn::what));
    return before.isEmpty()
        || before.get().phase() != now.phase()
        || !before.get().skipped().equals(now.skipped())
        || !waitsForTheSame
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
