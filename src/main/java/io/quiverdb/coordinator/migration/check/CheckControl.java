// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.step.CallControl;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.DataCheck;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the work on a check to the log. Not thread-safe. */
final class CheckControl implements CallControl {
  private static final Logger LOG = LoggerFactory.getLogger(CheckControl.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final MigrationPorts ports;
  private final long checkId;
  private final Duration unreachableLimit;
  private long silentSince;
  private boolean silent;

  CheckControl(MigrationPorts ports, DataCheck check, Duration unreachableLimit) {
    this.ports = ports;
    this.checkId = check.id();
    this.unreachableLimit = unreachableLimit;
  }

  @Override
  public void check() {
    var unused = ports.fence().sendUntilNanos();
    if (ports.log().state().checks().find(checkId).filter(DataCheck::isRunning).isEmpty()) {
      throw new StepStopped("check " + checkId + " has ended");
    }
  }

  @Override
  public boolean skips(long shardId) {
    return false;
  }

  @Override
  public void reportWaitingAside(String what, String detail, List<String> urls) {
    LOG.debug("check {} waits: {}: {}", checkId, what, detail);
  }

  @Override
  public void back(String url) {
    silent = false;
  }

  /** Gives up the check, because a report about some shards would look like one about all. */
  @Override
  public void hold(String what, String detail, List<String> urls) throws InterruptedException {
    long now = ports.time().nanos();
    if (!silent) {
      LOG.warn("check {} waits: {}: {}", checkId, what, detail);
      silent = true;
      silentSince = now;
    }
    if (now - silentSince > unreachableLimit.toNanos()) {
      throw new CheckGivenUp(
          detail + "; waited for " + unreachableLimit.toSeconds() + " s, begin the check again");
    }
    check();
    ports.time().sleep(PAUSE);
  }

  @Override
  public MigrationRecorder recorder() {
    return MigrationRecorder.NONE;
  }
}
