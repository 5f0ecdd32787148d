// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.BeginCheck;
import io.quiverdb.coordinator.command.CheckCommand.Finding;
import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.migration.points.StrayScan;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.wait.TakeoverQuiet;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.shard.FencedException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the check that the state asks for, in the term of one leader. It continues after the
 * findings that an earlier leader has recorded. Not thread-safe: migrations and checks share one
 * thread, so that no check runs during a migration.
 */
public final class CheckRunner {
  private static final Logger LOG = LoggerFactory.getLogger(CheckRunner.class);

  private final long term;
  private final MigrationPorts ports;
  private final MigrationSettings settings;
  private final SweepRunner sweeps;

  /**
   * Serves the leader of one term.
   *
   * @param outstanding what earlier leaders, and failed work of this one, may have left under way
   */
  public CheckRunner(
      long term, MigrationPorts ports, MigrationSettings settings, TakeoverQuiet outstanding) {
    this.sweeps = new SweepRunner(term, ports, settings, outstanding);
    this.term = term;
    this.ports = ports;
    this.settings = settings;
  }

  /**
   * Works on the sweep that is active, or else on the running check, until it ends.
   *
   * @return whether there was one
   * @throws FencedException if this member does not lead any more
   */
  public boolean run(ClusterState seen) throws InterruptedException {
    Optional<DataCheck> running = seen.checks().running();
    if (running.isPresent()) {
      run(running.get(), seen);
    }
    return sweeps.run(seen) || running.isPresent();
  }

  private void run(DataCheck check, ClusterState seen) throws InterruptedException {
    LOG.info("check {}: {} of map version {}", check.id(), check.kind(), check.mapVersion());
    try (MemoryBudget.Share share = ports.memory().take(MemoryBudget.STEP_BYTES, ports.time())) {
      if (begins(check)) {
        verification(check, seen).run(check.upTo());
        log(new FinishCheck(check.id(), CheckState.DONE, "", term));
      }
    } catch (StepStopped e) {
      LOG.info("check {}: {}", check.id(), e.getMessage());
    } catch (StepException | CheckGivenUp e) {
      fail(check, String.valueOf(e.getMessage()));
    } catch (FencedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("check {} broke", check.id(), e);
      fail(check, e.toString());
    }
  }

  /** Work that ended several leaders, for example for lack of memory, is not begun again. */
  private boolean begins(DataCheck check) throws InterruptedException {
    if (check.beginsInVain(term)) {
      fail(
          check,
          Migration.MAX_BEGINNINGS
              + " leaders have begun it and ended without progress: look at their last output; if"
              + " they lacked memory, give all members more; then begin the check again");
      return false;
    }
    log(new BeginCheck(check.id(), term));
    return running(check).filter(now -> now.begunIn().contains(term)).isPresent();
  }

  private Verification verification(DataCheck check, ClusterState seen) {
    CallContext context =
        new CallContext(
            ports.shards(),
            ports.time(),
            new CheckControl(ports, check, settings.unreachableLimit()),
            settings.batchBytes());
    StrayScan scan =
        new StrayScan(
            context,
            seen.map(),
            settings.requestDrain(),
            settings.paceTarget(),
            check.pointsPerSecond());
    Findings findings = new Findings(check, term, ports.time(), this::log);
    return new Verification(scan, seen.map(), findings);
  }

  private void fail(DataCheck check, String reason) throws InterruptedException {
    LOG.warn("check {} failed: {}", check.id(), reason);
    log(new FinishCheck(check.id(), CheckState.FAILED, reason, term));
  }

  private void log(Finding finding) throws InterruptedException {
    var unused = new FindingLog(ports.log()).log(finding, now -> isOwed(now, finding));
  }

  private boolean isOwed(DataCheck now, Finding finding) {
    return now.isRunning()
        && !(finding instanceof BeginCheck && now.begunIn().contains(term))
        && !(finding instanceof RecordCheck record
            && now.upTo().equals(Optional.of(record.upTo())));
  }

  private Optional<DataCheck> running(DataCheck check) {
    return ports.log().state().checks().find(check.id()).filter(DataCheck::isRunning);
  }
}
