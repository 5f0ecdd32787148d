// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.GateMigration;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.shard.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects a step to the log. Reports of the step are only stored; {@link #tick}, called once a
 * second, logs them. So there is at most one progress entry a second, and a step never waits for
 * the log. Thread-safe, except {@link #tick} and {@link #flush}.
 */
public final class LogStepControl implements StepControl {
  private static final Logger LOG = LoggerFactory.getLogger(LogStepControl.class);

  /** With the second that a wait must last, and the second of a tick, it is visible within 5 s. */
  private static final long IDLE_TIMEOUT_NANOS = Duration.ofSeconds(3).toNanos();

  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final MigrationLog log;
  private final Fence fence;
  private final Time time;
  private final long term;
  private final Migration begun;
  private final ProgressReport progress;
  private final WaitReport waits;
  private final MigrationRecorder recorder;
  private final Throttle throttle;
  private final Set<String> approved = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> givenUp = Optional.empty();
  private volatile Optional<String> suspended = Optional.empty();
  private volatile String warning = "";

  /** For a step that begins with the migration as {@code begun} has it. */
  public LogStepControl(
      MigrationLog log,
      Fence fence,
      Time time,
      MigrationRecorder recorder,
      long term,
      Migration begun) {
    this.log = log;
    this.fence = fence;
    this.time = time;
    this.term = term;
    this.begun = begun;
    this.recorder = recorder;
    this.progress = new ProgressReport(begun.progress(), time.nanos());
    this.waits = new WaitReport(begun.waitingOn(), time.nanos());
    this.throttle = new Throttle(time.nanos());
  }

  @Override
  public void check() {
    fence.sendUntilNanos();
    if (givenUp.isPresent()) {
      throw new StepStopped(givenUp.get());
    }
    Migration now =
        log.state()
            .migrations()
            .active()
            .filter(migration -> migration.id() == begun.id())
            .orElseThrow(() -> new StepStopped("the migration is over"));
    if (now.phase() != begun.phase()) {
      throw new StepStopped("the migration is in phase " + now.phase());
    }
    if (now.state() == MigrationState.PAUSED) {
      throw new StepStopped("the migration is paused");
    }
    if (now.keepCopies() != begun.keepCopies()) {
      // The running step may wait for a shard that does not matter any more.
      throw new StepStopped("the copies are to be kept");
    }
    Optional<String> reason = suspended;
    if (reason.isPresent()) {
      throw new StepSuspended(reason.get());
    }
  }

  @Override
  public void suspend(String reason) {
    suspended = Optional.of(reason);
  }

  @Override
  public void resume() {
    suspended = Optional.empty();
  }

  /** Makes the next {@link #check} end the step; the migration is reverted for this reason. */
  public void giveUp(String reason) {
    givenUp = Optional.of(reason);
  }

  /** Why the step was given up, if it was. */
  public Optional<String> givenUp() {
    return givenUp;
  }

  @Override
  public void finishWithWarning(String what) {
    warning = what;
  }

  /** What the step left undone when it ended, for the operator; empty if nothing. */
  public String warning() {
    return warning;
  }

  @Override
  public Migration migration() {
    return log.state().migrations().find(begun.id()).orElse(begun);
  }

  @Override
  public ClusterState state() {
    return log.state();
  }

  @Override
  public ShardMap map() {
    return log.state().map();
  }

  @Override
  public List<String> routers() {
    return log.state().routers();
  }

  @Override
  public void moved(MigrationPart part, long bytes) {
    waits.moved();
    recorder.copied(progress.moved(part, bytes, time.nanos()), bytes);
  }

  @Override
  public void round(int number) {
    progress.round(number, time.nanos());
    recorder.verificationRound();
  }

  @Override
  public void reportWaiting(String what, String detail, List<String> urls) {
    waits.reportWaiting(what, detail, urls, time.nanos(), time.epochMillis());
  }

  @Override
  public void reportWaitingAside(String what, String detail, List<String> urls) {
    waits.reportWaitingAside(what, detail, urls, time.nanos(), time.epochMillis());
  }

  @Override
  public void back(String url) {
    waits.back(url, time.nanos());
    progress.goingOn(time.nanos());
  }

  @Override
  public void goingOn() {
    waits.over();
    progress.goingOn(time.nanos());
  }

  /** Logs new progress and waits, if there are any. */
  public void tick() throws InterruptedException {
    long now = time.nanos();
    if (!waits.known() && progress.idleNanos(now) >= IDLE_TIMEOUT_NANOS) {
      reportWaiting(
          "shard", "nothing has moved for some seconds; a request to a shard is under way");
    }
    Optional<MigrationProgress> report = progress.take(now);
    if (report.isPresent() || waits.worthAnEntry(now)) {
      say(report, waits.lasting(now));
    }
  }

  /** Logs all progress since the last entry, when a step ends. */
  public void flush() throws InterruptedException {
    boolean said = true;
    Optional<MigrationProgress> report = progress.take(time.nanos());
    while (report.isPresent() && said) {
      said = say(report, Optional.empty());
      report = said ? progress.take(time.nanos()) : Optional.empty();
    }
  }

  private boolean say(Optional<MigrationProgress> report, Optional<WaitingOn> waitingOn)
      throws InterruptedException {
    MigrationProgress numbers = report.orElseGet(progress::unchanged);
    boolean said = submit(new ReportProgress(begun.id(), begun.phase(), numbers, waitingOn, term));
    if (said) {
      waits.told(waitingOn, time.nanos());
    } else {
      report.ifPresent(progress::takeBack);
    }
    return said;
  }

  private boolean submit(Command command) throws InterruptedException {
    try {
      if (log.submit(command) instanceof Rejected rejected) {
        LOG.info("{} of migration {}: {}", command.wireName(), begun.id(), rejected.detail());
      }
      return true;
    } catch (MigrationLog.UnknownOutcomeException e) {
      LOG.info("{} of migration {}: {}", command.wireName(), begun.id(), e.getMessage());
      return false;
    }
  }

  @Override
  public Set<String> approved() {
    return approved;
  }

  @Override
  public void absent(long met, long judged) {
    progress.absent(met, judged);
  }

  @Override
  public void hold(String what, String detail, List<String> urls) throws InterruptedException {
    hold(what, detail, urls, false);
  }

  @Override
  public void question(String what, String detail, List<String> urls) throws InterruptedException {
    hold(what, detail, urls, true);
  }

  @Override
  public void closeQuestion(String what, List<String> urls) {
    waits.closeQuestion(what, urls, time.nanos());
  }

  private void hold(String what, String detail, List<String> urls, boolean question)
      throws InterruptedException {
    check();
    Migration now = migration();
    long retries = now.retries();
    WaitReport.Hold hold =
        waits.hold(what, detail, urls, question, now.holds(), time.nanos(), time.epochMillis());
    if (hold.news()) {
      LOG.warn("migration {} holds in {}: {}: {}", begun.id(), begun.phase(), what, detail);
    }
    if (hold.news() && hold.shown()) {
      var unused = submit(new HoldMigration(begun.id(), begun.phase(), hold.waitingOn(), term));
    }
    long end = time.nanos() + hold.pause().toNanos();
    while (migration().retries() == retries && time.nanos() - end < 0) {
      ClusterState seen = log.state();
      check();
      log.awaitChange(seen, Durations.min(Duration.ofNanos(end - time.nanos()), POLL_INTERVAL));
    }
    if (!migration().skipped().equals(now.skipped())) {
      // The next wait has its own start time, because a skip depends on its age.
      waits.over();
    }
    check();
  }

  /** If the entry is not logged, routers only adopt the flip later. */
  @Override
  public void gate() throws InterruptedException {
    check();
    var unused = submit(new GateMigration(begun.id(), begun.phase(), term));
  }

  @Override
  public void throttle(int points) throws InterruptedException {
    throttle.take(points);
    while (true) {
      long limit = migration().throttlePointsPerSecond();
      Duration pause = throttle.pause(limit, time.nanos());
      if (pause.isZero()) {
        return;
      }
      check();
      reportWaitingAside("throttle", "limited to " + limit + " points a second", List.of());
      recorder.throttled(pause);
      time.sleep(pause);
    }
  }

  @Override
  public MigrationRecorder recorder() {
    return recorder;
  }
}
