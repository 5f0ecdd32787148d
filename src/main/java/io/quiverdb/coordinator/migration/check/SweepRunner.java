// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.BeginSweep;
import io.quiverdb.coordinator.command.CheckCommand.FinishSweep;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.migration.wait.OutdatedRouterGuard;
import io.quiverdb.coordinator.migration.wait.PollingHealthyWait;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.migration.wait.TakeoverQuiet;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the sweep that the state asks for, in the term of one leader. The end is logged, and the
 * map may change again, only when no request of any leader can take effect any more. Not
 * thread-safe: migrations, checks and sweeps share one thread.
 */
final class SweepRunner {
  private static final Logger LOG = LoggerFactory.getLogger(SweepRunner.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final TakeoverQuiet outstanding;

  /** How it ended. */
  private record End(CheckState state, String reason) {
    static final End DONE = new End(CheckState.DONE, "");
    static final End STOPPED = new End(CheckState.STOPPED, "");

    static End failed(Exception e) {
      return new End(CheckState.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Serves the leader of one term.
   *
   * @param outstanding what earlier leaders, and failed work of this one, may have left under way
   */
  SweepRunner(
      long term, MigrationPorts ports, MigrationSettings settings, TakeoverQuiet outstanding) {
    this.term = term;
    this.ports = ports;
    this.settings = settings;
    this.outstanding = outstanding;
  }

  /**
   * Works on the active sweep until it ends.
   *
   * @return whether there was one
   * @throws FencedException if this member does not lead any more
   */
  boolean run(ClusterState seen) throws InterruptedException {
    Optional<DataCheck> check = seen.checks().sweeping();
    if (check.isPresent()) {
      run(check.get());
    }
    return check.isPresent();
  }

  private void run(DataCheck check) throws InterruptedException {
    LOG.info("sweep of check {}, in map version {}", check.id(), check.mapVersion());
    SweepControl control = new SweepControl(ports, check, settings.unreachableLimit());
    SweepProgress progress = new SweepProgress(check, term, control, ports.log());
    StepTask heartbeat =
        StepTask.start(ports.tasks(), ports.time(), "sweep-heartbeat", HEARTBEAT, progress::log);
    End end;
    try {
      end = settled(check, context(check, control), progress);
    } catch (StepStopped e) {
      outstanding.stepBroken();
      LOG.warn("{}", e.getMessage());
      return;
    } finally {
      heartbeat.end();
    }
    progress.log();
    LOG.info("sweep of check {}: {} {}", check.id(), end.state(), end.reason());
    var unused =
        new FindingLog(ports.log())
            .log(new FinishSweep(check.id(), end.state(), end.reason(), term), DataCheck::isSwept);
  }

  private SweepContext context(DataCheck check, SweepControl control) {
    return new SweepContext(
        settings,
        ports.shards(),
        ports.routers(),
        ports.time(),
        ports.tasks(),
        control,
        new PollingHealthyWait(
            ports.shards(), ports.routers(), ports.tasks(), ports.time(), control),
        check.sweep().map(Sweep::adoptionAssumed).orElse(false));
  }

  /**
   * How the work has ended, when nothing of it can take effect any more.
   *
   * @throws StepStopped if the sweep was ended by force
   */
  private End settled(DataCheck check, SweepContext context, SweepProgress progress)
      throws InterruptedException {
    outstanding.awaitQuiet(context.healthyWait(), ports.time().nanos());
    UnknownOutcomes late = new UnknownOutcomes();
    End end = worked(check, context, progress, late);
    context.control().settle();
    context.control().check();
    late.awaitOutcomes(context, context.control().map().shards());
    if (outstanding.owes()) {
      outstanding.awaitQuiet(context.healthyWait(), ports.time().nanos());
    }
    return end;
  }

  private End worked(
      DataCheck check, SweepContext context, SweepProgress progress, UnknownOutcomes late)
      throws InterruptedException {
    try (MemoryBudget.Share share =
        ports.memory().take(MemoryBudget.STEP_BYTES + MemoryBudget.LONG_ROW_BYTES, ports.time())) {
      Optional<End> over = begun(check);
      if (over.isPresent()) {
        return over.get();
      }
      context.control().work();
      RoutersBarrier barrier = new RoutersBarrier(context);
      barrier.await();
      SweepWork work = new SweepWork(ports, context, check, progress, late);
      work.checkNames();
      new OutdatedRouterGuard(context, barrier.confirmed(), true).run(work::run);
      return End.DONE;
    } catch (StepStopped e) {
      LOG.info("{}", e.getMessage());
      return End.STOPPED;
    } catch (StepException | CheckGivenUp e) {
      return End.failed(e);
    } catch (ShardException e) {
      outstanding.stepBroken();
      return End.failed(e);
    } catch (FencedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("the sweep of check {} broke", check.id(), e);
      outstanding.stepBroken();
      return new End(CheckState.FAILED, e.toString());
    }
  }

  /** Logs that this leader begins, unless it is over already. */
  private Optional<End> begun(DataCheck check) throws InterruptedException {
    Optional<Outcome> outcome =
        new FindingLog(ports.log())
            .log(
                new BeginSweep(check.id(), term),
                now ->
                    now.sweep()
                        .filter(
                            sweep ->
                                sweep.state() == SweepState.RUNNING
                                    && !sweep.begunIn().contains(term))
                        .isPresent());
    if (outcome.isPresent() && outcome.get() instanceof Rejected rejected) {
      return Optional.of(new End(CheckState.FAILED, rejected.detail()));
    }
    boolean running =
        ports
            .log()
            .state()
            .checks()
            .find(check.id())
            .flatMap(DataCheck::sweep)
            .filter(sweep -> sweep.state() == SweepState.RUNNING)
            .isPresent();
    return running ? Optional.empty() : Optional.of(End.STOPPED);
  }
}
