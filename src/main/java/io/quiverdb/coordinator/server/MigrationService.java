// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.config.MigrationConfig;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.migration.MigrationExecutor;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PlanPreflight;
import io.quiverdb.coordinator.migration.preflight.Preflight;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.warmup.JitWarmup;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the migration engine while this member leads. Never runs two engines at the same time.
 * Thread-safe.
 */
final class MigrationService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MigrationService.class);

  private static final Duration COOLING_LIMIT = Duration.ofMinutes(10);
  private static final long LOOK_MILLIS = 1_000;
  private static final long RESTART_MILLIS = 200;
  private static final long BROKEN_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 5_000;

  private final Leadership leadership;
  private final LongFunction<MigrationPorts> portsOfTerm;
  private final MigrationSettings settings;
  private final Thread thread;
  private final StateView.Subscription watching;
  private Optional<Thread> warmup = Optional.empty();
  private Optional<Leading> leading = Optional.empty();
  private boolean closed;

  /** The leadership under which the engine runs. */
  private record Leading(long term, MigrationPorts ports, MigrationExecutor executor) {}

  /** Looks at what the leader reaches, and changes no state. */
  interface Examination<T> {
    /** Blocks until it has ended. */
    T of(MigrationPorts ports) throws InterruptedException;
  }

  /**
   * Starts to watch the leadership.
   *
   * @param portsOfTerm the ports of the engine for the leader of a term
   */
  MigrationService(
      Leadership leadership, LongFunction<MigrationPorts> portsOfTerm, MigrationSettings settings) {
    this.leadership = leadership;
    this.portsOfTerm = portsOfTerm;
    this.settings = settings;
    this.thread = DaemonThreads.named("migrations").newThread(this::serve);
    this.watching = leadership.subscribe(this::leadershipMoved);
    this.thread.start();
  }

  /**
   * The settings from a configuration. A new leader sends nothing until the longest request of the
   * previous leader has ended.
   */
  static MigrationSettings settings(MigrationConfig config) {
    Duration quiet = config.mapStaleness().plus(config.dataTimeout());
    return new MigrationSettings(
        config.adoption() == MigrationConfig.Adoption.ASSUMED,
        config.requestDrain(),
        config.dataTimeout(),
        quiet.plus(quiet.dividedBy(10)),
        config.mapStaleness(),
        config.routerGrace(),
        config.paceTarget(),
        config.targetUnhealthy(),
        config.unreachableLimit(),
        config.roundLimit(),
        config.spillThreshold(),
        (int) Math.min(Integer.MAX_VALUE, config.batchBytes()),
        COOLING_LIMIT,
        config.binary());
  }

  /**
   * Checks all preconditions of a migration. Blocks until all checks have ended.
   *
   * @param dryRun whether to return no plan and leave out the checks that write
   * @return with the plan to start if all is well and this is no dry run
   * @throws FencedException if this member does not lead
   */
  PreflightReport examine(MigrationRequest request, boolean dryRun) throws InterruptedException {
    return examine(
        ports ->
            new Preflight(settings, ports.shards(), ports.routers(), ports.time(), ports.tasks())
                .examine(ports.log().state(), request, dryRun));
  }

  /**
   * Says what a plan would do. Blocks until all checks have ended.
   *
   * @throws FencedException if this member does not lead
   */
  List<PreflightReport> examine(List<PlanStep> steps, long pointsPerSecond)
      throws InterruptedException {
    return examine(
        ports ->
            new PlanPreflight(
                    settings, ports.shards(), ports.routers(), ports.time(), ports.tasks())
                .examine(ports.log().state(), steps, pointsPerSecond));
  }

  /**
   * Examines shards and routers as the leader may, with memory for a few rows. Blocks until that
   * has ended.
   *
   * @throws FencedException if this member does not lead
   */
  <T> T examine(Examination<T> work) throws InterruptedException {
    MigrationPorts ports = awaitLeading().ports();
    try (MemoryBudget.Share share =
        ports.memory().take(MemoryBudget.FEW_ROWS_BYTES, ports.time())) {
      return work.of(ports);
    }
  }

  /**
   * Prepares the start of a migration: begins to warm up the JIT compiler, and blocks until no
   * request of an earlier leader can take effect any more.
   *
   * @throws FencedException if this member does not lead
   */
  void prepare() throws InterruptedException {
    Leading now = awaitLeading();
    warmUp();
    now.ports().time().sleep(now.executor().takeoverLeft());
  }

  private synchronized Leading awaitLeading() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    while (leading.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new FencedException("this member does not lead");
      }
      wait(left);
    }
    return leading.get();
  }

  private void serve() {
    while (!isClosed()) {
      try {
        Leadership.View view = leadership.current();
        if (view.leads()) {
          lead(view.term());
          Thread.sleep(RESTART_MILLIS);
        } else {
          rest();
        }
      } catch (InterruptedException e) {
        LOG.debug("the leadership moved, or this member closes");
      } catch (RuntimeException | Error e) {
        // Errors too, such as a missing class after the jar was replaced: while this member leads,
        // no other member runs the engine.
        LOG.error("the migration engine failed; starting it again", e);
        pause();
      }
    }
  }

  /** Pauses before a restart: a permanent failure must not fill the log. */
  private static void pause() {
    try {
      Thread.sleep(BROKEN_MILLIS);
    } catch (InterruptedException e) {
      LOG.debug("the leadership moved, or this member closes");
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void rest() throws InterruptedException {
    while (!leadership.current().leads() && !closed) {
      wait(LOOK_MILLIS);
    }
  }

  private void lead(long term) throws InterruptedException {
    MigrationPorts ports = portsOfTerm.apply(term);
    MigrationExecutor executor = new MigrationExecutor(term, ports, settings);
    became(Optional.of(new Leading(term, ports, executor)));
    if (ports.log().state().migrations().active().isPresent()) {
      warmUp();
    }
    try {
      // Leadership may have been lost before `leading` was set: there was nothing to interrupt.
      if (leadsIn(term)) {
        executor.run();
      }
    } finally {
      became(Optional.empty());
    }
  }

  /** Warms up once per process, during the wait that precedes every migration. */
  private synchronized void warmUp() {
    if (warmup.isEmpty() && !closed) {
      Thread once = new Thread(this::runWarmup, "jit-warmup");
      once.setDaemon(true);
      once.start();
      warmup = Optional.of(once);
    }
  }

  private void runWarmup() {
    try {
      Duration wait = settings.mapStaleness().plus(settings.requestDrain());
      LOG.debug("warmed up with {} points", JitWarmup.run(wait));
    } catch (IOException | ShardException | RuntimeException | Error e) {
      LOG.info("not warmed up, so the first copy may be slower: {}", e.toString());
    } catch (InterruptedException e) {
      LOG.debug("warm-up interrupted: this member closes");
    }
  }

  private boolean leadsIn(long term) {
    Leadership.View view = leadership.current();
    return view.leads() && view.term() == term;
  }

  private synchronized void became(Optional<Leading> now) {
    leading = now;
    notifyAll();
  }

  private synchronized void leadershipMoved(Leadership.View view) {
    boolean over = leading.filter(now -> !view.leads() || view.term() != now.term()).isPresent();
    if (over) {
      thread.interrupt();
    }
    notifyAll();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      warmup.ifPresent(Thread::interrupt);
      notifyAll();
    }
    watching.close();
    thread.interrupt();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
