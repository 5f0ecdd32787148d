// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.migration.Step.Advance;
import io.quiverdb.coordinator.migration.Step.Paused;
import io.quiverdb.coordinator.migration.Step.Run;
import io.quiverdb.coordinator.migration.backup.BackupRunner;
import io.quiverdb.coordinator.migration.check.CheckRunner;
import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.phase.PhaseWork;
import io.quiverdb.coordinator.migration.phase.Phases;
import io.quiverdb.coordinator.migration.plan.PlanRunner;
import io.quiverdb.coordinator.migration.points.PacedPointOperations;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PhaseStart;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.step.StepTask;
import io.quiverdb.coordinator.migration.step.VerificationOwed;
import io.quiverdb.coordinator.migration.wait.PollingHealthyWait;
import io.quiverdb.coordinator.migration.wait.RouterRegressionWatch;
import io.quiverdb.coordinator.migration.wait.TakeoverQuiet;
import io.quiverdb.coordinator.migration.wait.TargetWatch;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs migrations while this member leads. A loop reads the state, asks the {@link Planner} for the
 * next step, does it and logs its completion. One instance serves one leadership; {@link #run} is
 * called once.
 */
public final class MigrationExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(MigrationExecutor.class);

  private static final Duration IDLE_WAIT = Duration.ofSeconds(5);
  private static final Duration TICK_INTERVAL = Duration.ofSeconds(1);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final IndexBuildTrigger indexes;
  private final Phases phases;
  private final CheckRunner checks;
  private final PlanRunner plans;
  private final BackupRunner backups;
  private final TakeoverQuiet outstanding;

  /** The last migration whose copies this executor has verified. */
  private Optional<Verified> verified = Optional.empty();

  /**
   * A migration whose copies were equal.
   *
   * @param routers that worked with the map of the migration then; one that is registered later did
   *     not
   */
  private record Verified(long migration, Set<String> routers) {}

  /** How a step ended. */
  private sealed interface End {}

  private record Done() implements End {}

  /** The state asks for something else. */
  private record Stopped() implements End {}

  /** It cannot be done: the migration is reverted. */
  private record Failed(String reason) implements End {}

  /** The copies have to be verified again. */
  private record VerifyAgain(String reason) implements End {}

  /**
   * Why an attempt failed.
   *
   * @param word what is waited for
   * @param urls of the shards that are waited for
   * @param forGood whether trying again is of no use
   */
  private record Trouble(String word, String detail, List<String> urls, boolean forGood) {}

  /**
   * Serves the leader of one term.
   *
   * @param ports those of that leadership
   */
  public MigrationExecutor(long term, MigrationPorts ports, MigrationSettings settings) {
    this(term, ports, settings, new PacedPointOperations(settings));
  }

  MigrationExecutor(
      long term, MigrationPorts ports, MigrationSettings settings, PointOperations data) {
    this.term = term;
    this.ports = ports;
    this.settings = settings;
    this.indexes = new IndexBuildTrigger(ports.tasks());
    this.phases = new Phases(data, indexes);
    this.plans = new PlanRunner(term, ports, settings, this::takeoverLeft);
    this.backups = new BackupRunner(term, ports, settings, this::takeoverLeft);
    this.outstanding =
        new TakeoverQuiet(
            settings, ports.time().nanos(), ports.log().state().mayHaveRequestsUnderWay());
    this.checks = new CheckRunner(term, ports, settings, outstanding);
  }

  /**
   * How long a new migration may not be started yet, because an earlier leader's requests may still
   * take effect. Thread-safe.
   */
  public Duration takeoverLeft() {
    return outstanding.takeoverLeft(ports.time().nanos());
  }

  /**
   * Works until this member's leadership ends.
   *
   * @throws InterruptedException if it was interrupted
   */
  public void run() throws InterruptedException {
    try {
      while (true) {
        turn();
      }
    } catch (FencedException e) {
      LOG.info("term {}: {}", term, e.getMessage());
    } finally {
      indexes.closeAll();
    }
  }

  private void turn() throws InterruptedException {
    ClusterState seen = ports.log().state();
    Step step = Planner.next(seen.migrations(), term);
    if (step instanceof Advance advance) {
      enter(advance.migration(), advance.to(), advance.reason());
    } else if (step instanceof Run run) {
      PhaseWork work = phases.of(run.migration().phase(), run.inherited());
      if (work.reliesOnVerifiedCopies() && !hasVerified(run.migration())) {
        enter(run.migration(), Phase.VERIFYING, "");
      } else {
        perform(run, work);
      }
    } else if (step instanceof Paused paused) {
      pause(paused.migration());
    } else {
      indexes.closeAll();
      boolean worked =
          seen.migrations().active().isEmpty()
              && (backups.run(seen) || plans.run(seen) || checks.run(seen));
      if (!worked) {
        ports.log().awaitChange(seen, IDLE_WAIT);
      }
    }
  }

  /**
   * Otherwise an executor before this one, of the same term, has verified the copies, and routers
   * may have fallen back to an older map since.
   */
  private boolean hasVerified(Migration migration) {
    return verified.filter(by -> by.migration() == migration.id()).isPresent();
  }

  /** While the migration is paused, routers still write to the joining shard first. */
  private void pause(Migration migration) throws InterruptedException {
    // An open search whose index is ready blocks all other searches until it is closed.
    indexes.closeAll();
    TargetWatch watch = new TargetWatch(ports.shards(), ports.time(), settings.targetUnhealthy());
    Step still = new Paused(migration);
    while (still.equals(Planner.next(ports.log().state().migrations(), term))) {
      var unused = ports.fence().sendUntilNanos();
      Optional<String> reason =
          TargetWatch.concerns(migration) ? watch.look(migration.plan().url()) : Optional.empty();
      if (reason.isPresent()) {
        enter(migration, backFrom(migration), reason.get());
        return;
      }
      ports.log().awaitChange(ports.log().state(), TargetWatch.INTERVAL);
    }
  }

  private void perform(Run step, PhaseWork work) throws InterruptedException {
    Migration migration = step.migration();
    if (!work.keepsSearchesOpen()) {
      indexes.closeAll();
    }
    LogStepControl control =
        new LogStepControl(
            ports.log(), ports.fence(), ports.time(), ports.recorder(), term, migration);
    LOG.info("migration {}: {}", migration.id(), migration.phase());
    StepTask heartbeat =
        StepTask.start(
            ports.tasks(), ports.time(), "migration-heartbeat", TICK_INTERVAL, control::tick);
    Optional<StepTask> target =
        TargetWatch.concerns(migration)
            ? Optional.of(watching(migration, control))
            : Optional.empty();
    End end;
    try {
      end = attempts(migration, work, control);
    } finally {
      heartbeat.cancel();
      target.ifPresent(StepTask::cancel);
      heartbeat.end();
      target.ifPresent(StepTask::end);
    }
    if (end instanceof Done) {
      control.flush();
      enter(migration, step.next(), control.warning());
    } else if (end instanceof Failed failed) {
      LOG.warn("migration {} failed in {}: {}", migration.id(), migration.phase(), failed.reason());
      enter(migration, backFrom(migration), failed.reason());
    } else if (end instanceof VerifyAgain again) {
      LOG.info("migration {} is verified once more: {}", migration.id(), again.reason());
      enter(migration, Phase.VERIFYING, "");
    }
  }

  private StepTask watching(Migration migration, LogStepControl control) {
    TargetWatch watch = new TargetWatch(ports.shards(), ports.time(), settings.targetUnhealthy());
    return StepTask.start(
        ports.tasks(),
        ports.time(),
        "migration-target-watch",
        TargetWatch.INTERVAL,
        () -> watch.look(migration.plan().url()).ifPresent(control::giveUp));
  }

  private static Phase backFrom(Migration migration) {
    return migration.phase() == Phase.PREPARED ? Phase.FAILED : Phase.REVERTING;
  }

  private End attempts(Migration migration, PhaseWork work, LogStepControl control)
      throws InterruptedException {
    MigrationContext context = context(control);
    Optional<RouterRegressionWatch> routers = routerWatch(work, context);
    try {
      while (true) {
        Optional<Trouble> trouble = attempt(migration, work, context);
        if (trouble.isEmpty()) {
          Optional<String> fallenBack = routers.flatMap(RouterRegressionWatch::take);
          if (fallenBack.isEmpty()) {
            routers.ifPresent(
                watched -> verified = Optional.of(new Verified(migration.id(), watched.known())));
            return new Done();
          }
          if (work.reliesOnVerifiedCopies()) {
            return new VerifyAgain(fallenBack.get());
          }
          LOG.info("migration {} is verified once more: {}", migration.id(), fallenBack.get());
          continue;
        }
        if (work.buildsOnServingShards(migration.plan()) && outstanding.owes()) {
          // Nothing polls these searches during the wait, and clients' searches would block behind
          // them.
          indexes.closeAll();
        }
        if (trouble.get().forGood() && migration.reversible()) {
          outstanding.stepBroken();
          return new Failed(trouble.get().detail());
        }
        control.hold(trouble.get().word(), trouble.get().detail(), trouble.get().urls());
      }
    } catch (VerificationOwed e) {
      return new VerifyAgain(text(e));
    } catch (StepStopped e) {
      outstanding.stepBroken();
      LOG.info("migration {}: {}", migration.id(), e.getMessage());
      return control.givenUp().<End>map(Failed::new).orElseGet(Stopped::new);
    } finally {
      routers.ifPresent(RouterRegressionWatch::end);
    }
  }

  /** Verified copies stay equal only while every router writes to both sides. */
  private Optional<RouterRegressionWatch> routerWatch(PhaseWork work, MigrationContext context) {
    if (work.verifiesCopies()) {
      return Optional.of(RouterRegressionWatch.unconfirmed(context));
    }
    return work.reliesOnVerifiedCopies()
        ? Optional.of(RouterRegressionWatch.confirmed(context, verified.orElseThrow().routers()))
        : Optional.empty();
  }

  /** A caught exception never counts as completion. */
  private Optional<Trouble> attempt(Migration migration, PhaseWork work, MigrationContext context)
      throws VerificationOwed, InterruptedException {
    try {
      outstanding.awaitQuiet(context.healthyWait(), ports.time().nanos());
      new PhaseStart(ports.log(), context.control(), term).log(migration);
      work.run(context);
      return Optional.empty();
    } catch (VerificationOwed e) {
      throw e;
    } catch (StepException e) {
      boolean forGood = e instanceof StepFailed;
      return Optional.of(new Trouble(forGood ? "step" : "collections", text(e), e.urls(), forGood));
    } catch (ShardException e) {
      if (e.mayTakeEffect()) {
        outstanding.stepBroken();
      }
      return Optional.of(new Trouble("shard", text(e), List.of(e.url()), false));
    } catch (StepStopped | FencedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("migration {}: {} broke", migration.id(), migration.phase(), e);
      outstanding.stepBroken();
      return Optional.of(new Trouble("error", e.toString(), List.of(), false));
    }
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private MigrationContext context(LogStepControl control) {
    return new MigrationContext(
        settings,
        ports.shards(),
        ports.routers(),
        ports.time(),
        ports.tasks(),
        ports.fence(),
        control,
        new PollingHealthyWait(
            ports.shards(), ports.routers(), ports.tasks(), ports.time(), control),
        ports.spills(),
        ports.memory());
  }

  /**
   * Logs the next phase of the migration. While the outcome of that entry is unknown, nothing else
   * is done: a flip that is applied late must not meet a running repair.
   */
  private void enter(Migration migration, Phase to, String reason) throws InterruptedException {
    Command command = entry(migration, to, reason);
    while (true) {
      ClusterState seen = ports.log().state();
      if (moot(migration)) {
        return;
      }
      try {
        if (ports.log().submit(command) instanceof Rejected rejected) {
          LOG.warn("migration {}: not {}: {}", migration.id(), to, rejected.detail());
          if (!moot(migration)) {
            ports.time().sleep(TICK_INTERVAL);
          }
        }
        return;
      } catch (MigrationLog.UnknownOutcomeException e) {
        LOG.info("migration {}: {}: {}", migration.id(), to, e.getMessage());
        ports.log().awaitChange(seen, TICK_INTERVAL);
      }
    }
  }

  private boolean moot(Migration migration) {
    return ports
        .log()
        .state()
        .migrations()
        .active()
        .filter(now -> now.id() == migration.id() && now.phase() == migration.phase())
        .isEmpty();
  }

  private Command entry(Migration migration, Phase to, String reason) {
    return switch (to) {
      case DONE ->
          reason.isEmpty()
              ? new FinishMigration(migration.id(), migration.phase(), term)
              : new AdvanceMigration(migration.id(), migration.phase(), to, reason, term);
      case REVERTED -> new RevertDone(migration.id(), term);
      default -> new AdvanceMigration(migration.id(), migration.phase(), to, reason, term);
    };
  }
}
