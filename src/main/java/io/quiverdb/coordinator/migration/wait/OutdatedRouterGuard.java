// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.step.StepAction;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepSuspended;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.migration.step.WaitContext;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suspends a drop or a sweep while a registered router works with another map than the newest one.
 * Such a router writes to shards that do not own the points, and acknowledged writes would be
 * deleted there. Serves one step.
 */
public final class OutdatedRouterGuard {
  private static final Logger LOG = LoggerFactory.getLogger(OutdatedRouterGuard.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final WaitContext context;
  private final RoutersBarrier barrier;
  private final boolean awaitsSilent;
  private final TreeSet<String> known = new TreeSet<>();
  private Optional<String> late = Optional.empty();

  /**
   * Serves one step.
   *
   * @param known the routers that the barrier before has waited for; another router may have worked
   *     with an older map until just now
   * @param awaitsSilent whether it also waits for a router that does not answer: it may be
   *     restarting, and work with an older map then; or it may be gone for good
   */
  public OutdatedRouterGuard(WaitContext context, Set<String> known, boolean awaitsSilent) {
    this.context = context;
    this.awaitsSilent = awaitsSilent;
    this.barrier = new RoutersBarrier(context);
    this.known.addAll(known);
  }

  /** Runs the work, and repeats it until no router was outdated meanwhile. */
  public void run(StepAction work) throws ShardException, StepException, InterruptedException {
    do {
      awaitNone();
      StepTask looking =
          StepTask.start(context.tasks(), context.time(), "late-routers", INTERVAL, this::look);
      try {
        work.run();
      } catch (StepSuspended e) {
        LOG.info("suspended: {}", e.getMessage());
      } finally {
        looking.end();
        context.control().resume();
      }
    } while (seen().isPresent());
  }

  /** Requests that began in an outdated router may still be running. */
  private void awaitNone() throws InterruptedException {
    note(barrier.answers());
    while (seen().isPresent()) {
      barrier.awaitConfirmed();
      forget();
      drain();
    }
  }

  /** A router that restarts meanwhile works with its seed map until it has polled. */
  private void drain() throws InterruptedException {
    StepTask noting =
        StepTask.start(
            context.tasks(),
            context.time(),
            "late-routers",
            INTERVAL,
            () -> note(barrier.answers()));
    try {
      context.healthyWait().await(context.settings().requestDrain(), "request_drain");
    } finally {
      noting.end();
    }
    note(barrier.answers());
  }

  private void look() throws InterruptedException {
    note(barrier.answers());
    seen().ifPresent(context.control()::suspend);
  }

  private synchronized void note(Map<String, Optional<RoutersBarrier.Unconfirmed>> answers) {
    answers.forEach(
        (url, answer) -> {
          if (known.add(url)) {
            late = Optional.of("router " + url + " was registered meanwhile");
          }
          if (answer.isPresent() && (awaitsSilent || answer.get().answered())) {
            late = Optional.of(answer.get().detail());
          }
        });
  }

  private synchronized Optional<String> seen() {
    return late;
  }

  private synchronized void forget() {
    late = Optional.empty();
  }
}
