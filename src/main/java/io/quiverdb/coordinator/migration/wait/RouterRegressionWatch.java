// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepTask;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Polls all routers while a step relies on writes to both sides. A router that restarts uses its
 * own list of shards until it has fetched the map, and writes to the donors alone meanwhile; so did
 * a router that is registered late. The copies must then be verified again. A fallback between two
 * polls is not seen (docs/migration.md says how routers are set up so that there is none).
 * Thread-safe.
 */
public final class RouterRegressionWatch {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final MigrationContext context;
  private final RoutersBarrier barrier;
  private final StepTask looking;

  /** The known routers, and whether each worked with the newest map last. */
  private final Map<String, Boolean> confirmed = new HashMap<>();

  private Optional<String> seen = Optional.empty();

  private RouterRegressionWatch(
      MigrationContext context, Collection<String> routers, boolean confirmed) {
    this.context = context;
    this.barrier = new RoutersBarrier(context);
    routers.forEach(url -> this.confirmed.put(url, confirmed));
    this.looking =
        StepTask.start(context.tasks(), context.time(), "fallbacks", INTERVAL, this::look);
  }

  /** Begins to watch all routers, which may not have confirmed the newest map yet. */
  public static RouterRegressionWatch unconfirmed(MigrationContext context) {
    return new RouterRegressionWatch(context, context.control().routers(), false);
  }

  /** Begins to watch routers that all have confirmed the newest map. */
  public static RouterRegressionWatch confirmed(
      MigrationContext context, Collection<String> routers) {
    return new RouterRegressionWatch(context, routers, true);
  }

  private void look() throws InterruptedException {
    note(barrier.answers());
  }

  private synchronized void note(Map<String, Optional<RoutersBarrier.Unconfirmed>> answers) {
    answers.forEach(
        (url, answer) -> {
          meet(url);
          if (answer.isEmpty()) {
            confirmed.put(url, true);
          } else if (answer.get().answered() && Boolean.TRUE.equals(confirmed.put(url, false))) {
            seen = Optional.of(answer.get().detail());
          }
        });
  }

  private void meet(String url) {
    if (confirmed.putIfAbsent(url, false) == null) {
      seen = Optional.of("router " + url + " was registered meanwhile");
    }
  }

  /** A fallback since the last call. */
  public synchronized Optional<String> take() {
    context.control().routers().forEach(this::meet);
    Optional<String> taken = seen;
    seen = Optional.empty();
    return taken;
  }

  /** All that were registered when it was last asked for a fallback. */
  public synchronized Set<String> known() {
    return Set.copyOf(confirmed.keySet());
  }

  /** Ends it. */
  public void end() {
    looking.end();
  }
}
