package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.migration.Step.Enter;
import io.quiverdb.coordinator.migration.Step.Paused;
import io.quiverdb.coordinator.migration.Step.Perform;
import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PacedPointOperations;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PhaseStart;
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
import io.quiverdb.coordinator.model.MigrationKind;
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
 * What a leader does about moves, from the state alone: it looks, asks the {@link Planner}, does
 * what comes next, logs that it is done, and looks again. One instance serves one leadership, and
 * {@link #run} is to be called once.
 */
public final class MigrationExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(MigrationExecutor.class);

  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final IndexBuildTrigger indexes;
  private final Steps steps;
  private final TakeoverQuiet outstanding;

  /** What this executor verified last. */
  private Optional<Verified> verified = Optional.empty();

  /**
   * A move whose copies were equal.
   *
   * @param routers that worked with the map of the move then; one that is registered later did not
   */
  private record Verified(long migration, Set<String> routers) {}

  /** How a step ended. */
  private sealed interface End {}

  private record Done() implements End {}

  /** The state asks for something else. */
  private record Stopped() implements End {}

  /** It cannot be done: the move turns back. */
  private record Failed(String reason) implements End {}

  /** The phase before has to be done once more. */
  private record Owed(String reason) implements End {}

  /**
   * Why an attempt did not come to its end.
   *
   * @param word what is waited for
   * @param urls of the shards that are waited for
   * @param forGood whether trying again is of no use
   */
  private record Trouble(String word, String detail, List<String> urls, boolean forGood) {}

  /**
   * For the leader of one term.
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
    this.steps = new Steps(data, indexes);
    this.outstanding =
        new TakeoverQuiet(
            settings,
            ports.time().nanos(),
            ports.log().state().migrations().mayHaveRequestsUnderWay());
  }

  /**
   * How long a new move may not be started yet, because an earlier leader's requests may still take
   * effect. Thread-safe.
   */
  public Duration takeoverLeft() {
    return outstanding.takeoverLeft(ports.time().nanos());
  }

  /**
   * Works until this node may not lead any more.
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
    if (step instanceof Perform perform && warmsUnwatched(perform)) {
      enter(perform.migration(), Phase.VERIFYING, "");
    } else if (step instanceof Enter enter) {
      enter(enter.migration(), enter.to(), enter.reason());
    } else if (step instanceof Perform perform) {
      perform(perform);
    } else if (step instanceof Paused paused) {
      pause(paused.migration());
    } else {
      indexes.closeAll();
      ports.log().awaitChange(seen, IDLE);
    }
  }

  /**
   * An executor before this one, of the same term, has verified; routers may have fallen back
   * since.
   */
  private boolean warmsUnwatched(Perform perform) {
    return perform.work() == Step.Work.WARM
        && verified.filter(by -> by.migration() == perform.migration().id()).isEmpty();
  }

  /** Writes still go to the joining shard first while it is paused. */
  private void pause(Migration migration) throws InterruptedException {
    // A search that nobody closes when its index is there keeps all others waiting.
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

  private void perform(Perform step) throws InterruptedException {
    Migration migration = step.migration();
    switch (step.work()) {
      case COPY, VERIFY, WARM, DROP, COOL -> {}
      default -> indexes.closeAll();
    }
    LogStepControl control =
        new LogStepControl(
            ports.log(), ports.fence(), ports.time(), ports.recorder(), term, migration);
    LOG.info("move {}: {}", migration.id(), migration.phase());
    StepTask heartbeat =
        StepTask.start(ports.tasks(), ports.time(), "move-heartbeat", TICK, control::tick);
    Optional<StepTask> target =
        TargetWatch.concerns(migration)
            ? Optional.of(watching(migration, control))
            : Optional.empty();
    End end;
    try {
      end = attempts(step, control);
    } finally {
      heartbeat.cancel();
      target.ifPresent(StepTask::cancel);
      heartbeat.end();
      target.ifPresent(StepTask::end);
    }
    if (end instanceof Done) {
      control.flush();
      enter(migration, step.then(), control.warning());
    } else if (end instanceof Failed failed) {
      LOG.warn("move {} failed in {}: {}", migration.id(), migration.phase(), failed.reason());
      enter(migration, backFrom(migration), failed.reason());
    } else if (end instanceof Owed owed) {
      LOG.info("move {} is verified once more: {}", migration.id(), owed.reason());
      enter(migration, Phase.VERIFYING, "");
    }
  }

  private StepTask watching(Migration migration, LogStepControl control) {
    TargetWatch watch = new TargetWatch(ports.shards(), ports.time(), settings.targetUnhealthy());
    return StepTask.start(
        ports.tasks(),
        ports.time(),
        "move-target",
        TargetWatch.INTERVAL,
        () -> watch.look(migration.plan().url()).ifPresent(control::giveUp));
  }

  private static Phase backFrom(Migration migration) {
    return migration.phase() == Phase.PREPARED ? Phase.FAILED : Phase.REVERTING;
  }

  private End attempts(Perform step, LogStepControl control) throws InterruptedException {
    Migration migration = step.migration();
    MigrationContext context = context(control);
    boolean warms = step.work() == Step.Work.WARM;
    Optional<RouterRegressionWatch> fallbacks =
        switch (step.work()) {
          case VERIFY -> Optional.of(RouterRegressionWatch.unconfirmed(context));
          case WARM ->
              Optional.of(
                  RouterRegressionWatch.confirmed(context, verified.orElseThrow().routers()));
          default -> Optional.empty();
        };
    try {
      while (true) {
        Optional<Trouble> trouble = attempt(step, context);
        if (trouble.isEmpty()) {
          Optional<String> fallenBack = fallbacks.flatMap(RouterRegressionWatch::take);
          if (fallenBack.isEmpty()) {
            fallbacks.ifPresent(
                watched -> verified = Optional.of(new Verified(migration.id(), watched.known())));
            return new Done();
          }
          if (warms) {
            return new Owed(fallenBack.get());
          }
          LOG.info("move {} is verified once more: {}", migration.id(), fallenBack.get());
          continue;
        }
        if (servesWhileIndexed(step) && outstanding.owes()) {
          // Nobody tends them in the wait to come, and searches of clients would hang behind them.
          indexes.closeAll();
        }
        if (trouble.get().forGood() && migration.reversible()) {
          outstanding.stepBroken();
          return new Failed(trouble.get().detail());
        }
        control.hold(trouble.get().word(), trouble.get().detail(), trouble.get().urls());
      }
    } catch (VerificationOwed e) {
      return new Owed(text(e));
    } catch (StepStopped e) {
      outstanding.stepBroken();
      LOG.info("move {}: {}", migration.id(), e.getMessage());
      return control.givenUp().<End>map(Failed::new).orElseGet(Stopped::new);
    } finally {
      fallbacks.ifPresent(RouterRegressionWatch::end);
    }
  }

  /** A joining shard serves nobody: what it builds for a long time may go on. */
  private static boolean servesWhileIndexed(Perform step) {
    return switch (step.work()) {
      case DROP, COOL -> true;
      case WARM -> step.migration().plan().kind() == MigrationKind.DRAIN;
      default -> false;
    };
  }

  /** Whatever is caught here is no completion. */
  private Optional<Trouble> attempt(Perform step, MigrationContext context)
      throws VerificationOwed, InterruptedException {
    try {
      outstanding.settle(context.quiet(), ports.time().nanos());
      new PhaseStart(ports.log(), context.control(), term).log(step.migration());
      steps.perform(step.work(), context);
      return Optional.empty();
    } catch (StepFailed e) {
      return Optional.of(new Trouble("step", text(e), e.urls(), true));
    } catch (ShardException e) {
      if (e.mayTakeEffect()) {
        outstanding.stepBroken();
      }
      return Optional.of(new Trouble("shard", text(e), List.of(e.url()), false));
    } catch (CollectionChanged e) {
      return Optional.of(new Trouble("collections", text(e), List.of(e.url()), false));
    } catch (StepStopped | FencedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("move {}: {} broke", step.migration().id(), step.work(), e);
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
   * Logs that the move is in another phase; the log says whether it still wants that. As long as
   * nobody knows whether it was logged, nothing else is done: a flip that comes late must not meet
   * a repair under way.
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
          LOG.warn("move {}: not {}: {}", migration.id(), to, rejected.detail());
          if (!moot(migration)) {
            ports.time().sleep(TICK);
          }
        }
        return;
      } catch (MigrationLog.UnknownOutcomeException e) {
        LOG.info("move {}: {}: {}", migration.id(), to, e.getMessage());
        ports.log().awaitChange(seen, TICK);
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
