// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.step.StepSuspended;
import io.quiverdb.coordinator.migration.step.WaitControl;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the work of a sweep to the log. It first works, until it is stopped or given up; then it
 * settles: it waits until none of its requests can take effect any more, however long that takes,
 * unless an operator ends it by force. Thread-safe.
 */
final class SweepControl implements WaitControl {
  private static final Logger LOG = LoggerFactory.getLogger(SweepControl.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final MigrationPorts ports;
  private final long checkId;
  private final long startedMillis;
  private final Duration limit;
  private volatile boolean working;
  private volatile Optional<String> suspended = Optional.empty();
  private Optional<String> waiting = Optional.empty();
  private Optional<Long> heldSince = Optional.empty();

  /**
   * For one sweep; it settles at first what earlier leaders have begun.
   *
   * @param check the check that is swept
   * @param limit after which work that waits is given up
   */
  SweepControl(MigrationPorts ports, DataCheck check, Duration limit) {
    this.ports = ports;
    this.checkId = check.id();
    this.startedMillis = check.sweep().orElseThrow().startedMillis();
    this.limit = limit;
  }

  /** Begins to work: a stop, or something that does not come about, ends it from here on. */
  void work() {
    goingOn();
    working = true;
  }

  /** Ends the work: from here on it only waits for requests that are under way. */
  void settle() {
    working = false;
    goingOn();
  }

  @Override
  public void check() {
    var unused = ports.fence().sendUntilNanos();
    Optional<Sweep> sweep = ports.log().state().checks().find(checkId).flatMap(DataCheck::sweep);
    // After an end by force, another sweep of the check may be active, with other limits.
    if (sweep.filter(now -> now.isActive() && now.startedMillis() == startedMillis).isEmpty()) {
      throw new StepStopped("the sweep of check " + checkId + " has ended");
    }
    if (!working) {
      return;
    }
    if (sweep.get().state() == SweepState.STOPPING) {
      throw new StepStopped("the sweep of check " + checkId + " is being stopped");
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

  @Override
  public ShardMap map() {
    return ports.log().state().map();
  }

  @Override
  public List<String> routers() {
    return ports.log().state().routers();
  }

  @Override
  public List<String> workingShards() {
    return map().shards().stream().map(Shard::primaryUrl).toList();
  }

  @Override
  public boolean skips(long shardId) {
    return false;
  }

  @Override
  public synchronized void reportWaiting(String what, String detail, List<String> urls) {
    waiting = Optional.of(what + ": " + detail);
    if (urls.isEmpty()) {
      heldSince = Optional.empty();
    }
  }

  @Override
  public void reportWaitingAside(String what, String detail, List<String> urls) {
    LOG.debug("sweep of check {} waits: {}: {}", checkId, what, detail);
  }

  @Override
  public void back(String url) {
    goingOn();
  }

  @Override
  public synchronized void goingOn() {
    waiting = Optional.empty();
    heldSince = Optional.empty();
  }

  /** What it waits for. */
  synchronized Optional<String> waiting() {
    return waiting;
  }

  @Override
  public void hold(String what, String detail, List<String> urls) throws InterruptedException {
    check();
    long heldNanos = held(what + ": " + detail);
    if (working && heldNanos > limit.toNanos()) {
      throw new CheckGivenUp(
          detail + "; waited for " + limit.toSeconds() + " s: look after it, then sweep again");
    }
    ports.time().sleep(PAUSE);
  }

  private synchronized long held(String text) {
    long now = ports.time().nanos();
    if (heldSince.isEmpty()) {
      LOG.warn("sweep of check {} waits: {}", checkId, text);
      heldSince = Optional.of(now);
    }
    waiting = Optional.of(text);
    return now - heldSince.get();
  }

  @Override
  public MigrationRecorder recorder() {
    return ports.recorder();
  }
}
