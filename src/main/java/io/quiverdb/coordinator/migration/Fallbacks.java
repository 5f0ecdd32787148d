package io.quiverdb.coordinator.migration;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Watches the routers beside a step that rests on their writes going to both sides. A router that
 * restarts works with its own list of shards until it has fetched the map, and what it writes
 * meanwhile only the donors have: the copies are to be verified once more. A fallback between two
 * looks is not seen (docs/migration.md says how routers are set up so that there is none).
 * Thread-safe.
 */
final class Fallbacks {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final RoutersBarrier barrier;
  private final Beside looking;

  /** Those that worked with the newest map when they were last asked. */
  private final Set<String> confirmed = new HashSet<>();

  private Optional<String> seen = Optional.empty();

  private Fallbacks(Move move, boolean confirmed) {
    this.barrier = new RoutersBarrier(move);
    if (confirmed) {
      this.confirmed.addAll(move.control().routers());
    }
    this.looking = Beside.start(move.tasks(), move.time(), "fallbacks", INTERVAL, this::look);
  }

  /**
   * Begins to watch.
   *
   * @param confirmed whether every router has confirmed the newest map before, so that one that
   *     does not is one that fell back
   */
  static Fallbacks watch(Move move, boolean confirmed) {
    return new Fallbacks(move, confirmed);
  }

  private void look() throws InterruptedException {
    note(barrier.answers());
  }

  private synchronized void note(Map<String, Optional<RoutersBarrier.Unconfirmed>> answers) {
    answers.forEach(
        (url, answer) -> {
          if (answer.isEmpty()) {
            confirmed.add(url);
          } else if (answer.get().answered() && confirmed.remove(url)) {
            seen = Optional.of(answer.get().detail());
          }
        });
  }

  /** A fallback since this was last asked. */
  synchronized Optional<String> take() {
    Optional<String> taken = seen;
    seen = Optional.empty();
    return taken;
  }

  /** Ends it. */
  void end() {
    looking.end();
  }
}
