// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.plan;

import io.quiverdb.coordinator.command.PlanCommand.BeginPlanStep;
import io.quiverdb.coordinator.command.PlanCommand.PlanProgress;
import io.quiverdb.coordinator.command.PlanCommand.StopPlan;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.Preflight;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the next step of the running plan, in the term of one leader. The entry that begins it
 * names plan, step and map. So no step begins twice, even if the outcome of an earlier attempt is
 * unknown. Not thread-safe: migrations and plans share one thread.
 */
public final class PlanRunner {
  private static final Logger LOG = LoggerFactory.getLogger(PlanRunner.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** After a longer time between two rounds: the plan was paused, or another migration ran. */
  private static final Duration INTERRUPTION = Duration.ofSeconds(20);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final Supplier<Duration> takeoverLeft;
  private Optional<Trouble> trouble = Optional.empty();

  /** A step whose checks fail. */
  private record Trouble(long planId, int step, long sinceNanos, long lastNanos) {}

  /**
   * Serves the leader of one term.
   *
   * @param takeoverLeft how long no migration may begin yet
   */
  public PlanRunner(
      long term,
      MigrationPorts ports,
      MigrationSettings settings,
      Supplier<Duration> takeoverLeft) {
    this.term = term;
    this.ports = ports;
    this.settings = settings;
    this.takeoverLeft = takeoverLeft;
  }

  /**
   * Tries to begin the next step.
   *
   * @param seen without an active migration
   * @return whether there is one
   * @throws io.quiverdb.coordinator.shard.FencedException if this member does not lead any more
   */
  public boolean run(ClusterState seen) throws InterruptedException {
    Optional<ClusterPlan> plan = seen.plans().active();
    OptionalInt next = plan.map(ClusterPlan::next).orElse(OptionalInt.empty());
    if (next.isEmpty()) {
      return false;
    }
    begin(plan.get(), next.getAsInt(), seen);
    return true;
  }

  private void begin(ClusterPlan plan, int place, ClusterState seen) throws InterruptedException {
    ports.time().sleep(takeoverLeft.get());
    var unused = ports.fence().sendUntilNanos();
    long asked = ports.time().nanos();
    PreflightReport report = examine(plan, place, seen);
    Optional<Check> failed = report.firstFailed();
    if (failed.isEmpty() && report.plan().isPresent()) {
      trouble = Optional.empty();
      LOG.info("plan {}: begins step {}", plan.id(), place + 1);
      log(
          seen,
          new BeginPlanStep(plan.id(), place, seen.map().version(), report.plan().get(), term));
      return;
    }
    String why =
        failed
            .map(check -> check.name() + ": " + check.detail())
            .orElse("the checks were not made");
    if (lasts(plan, place, asked)) {
      LOG.warn("plan {} stops at step {}: {}", plan.id(), place + 1, why);
      trouble = Optional.empty();
      String cut = why.substring(0, Math.min(why.length(), ClusterPlan.MAX_ERROR));
      log(seen, new StopPlan(plan.id(), place, cut, term));
    } else {
      LOG.info("plan {}: step {} has to wait: {}", plan.id(), place + 1, why);
      ports.log().awaitChange(seen, PAUSE);
    }
  }

  private PreflightReport examine(ClusterPlan plan, int place, ClusterState seen)
      throws InterruptedException {
    try (MemoryBudget.Share share =
        ports.memory().take(MemoryBudget.FEW_ROWS_BYTES, ports.time())) {
      return new Preflight(settings, ports.shards(), ports.routers(), ports.time(), ports.tasks())
          .examine(
              seen, MigrationRequest.of(plan.steps().get(place), plan.pointsPerSecond()), false);
    }
  }

  /** A router or a shard that restarts just then is no reason to stop a plan of hours. */
  private boolean lasts(ClusterPlan plan, int place, long asked) {
    long now = ports.time().nanos();
    long since =
        trouble
            .filter(it -> it.planId() == plan.id() && it.step() == place)
            .filter(it -> asked - it.lastNanos() < INTERRUPTION.toNanos())
            .map(Trouble::sinceNanos)
            .orElse(now);
    trouble = Optional.of(new Trouble(plan.id(), place, since, now));
    return now - since >= settings.unreachableLimit().toNanos();
  }

  private void log(ClusterState seen, PlanProgress entry) throws InterruptedException {
    try {
      if (ports.log().submit(entry) instanceof Rejected rejected) {
        LOG.info("plan {}: {}", entry.planId(), rejected.detail());
        ports.log().awaitChange(seen, PAUSE);
      }
    } catch (MigrationLog.UnknownOutcomeException e) {
      LOG.info("plan {}: {}", entry.planId(), e.getMessage());
      ports.log().awaitChange(seen, PAUSE);
    }
  }
}
