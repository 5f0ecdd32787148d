// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.CopiedMigration;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.StrayCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sweep says about its progress. */
class SweepProgressTest {
  private static final StrayCounts REMOVED = new StrayCounts(1, 2, 3);

  private final FakeCluster cluster = new FakeCluster();

  private DataCheck sweeping() {
    CheckedShard row = new CheckedShard("docs", 0, 10, 4, REMOVED, List.of());
    for (Command command :
        List.of(
            new CheckCommand.StartCheck(CheckKind.VERIFY, 0),
            new CheckCommand.RecordCheck(
                1, Optional.empty(), "docs", CheckReport.of(row), cluster.term),
            new CheckCommand.FinishCheck(1, CheckState.DONE, "", cluster.term),
            new CheckCommand.StartSweep(1, 10, 0, false),
            new CheckCommand.BeginSweep(1, cluster.term))) {
      cluster.accept(command);
    }
    return cluster.state().checks().find(1).orElseThrow();
  }

  /** The end of the work interrupts it. */
  private final class Interrupted implements MigrationLog {
    private final boolean applied;
    private boolean before;

    Interrupted(boolean applied) {
      this.applied = applied;
    }

    @Override
    public ClusterState state() {
      return cluster.state();
    }

    @Override
    public Outcome submit(Command command) throws InterruptedException {
      boolean first = !before;
      before = true;
      Optional<Outcome> outcome =
          first && !applied ? Optional.empty() : Optional.of(cluster.apply(command));
      if (first) {
        throw new InterruptedException();
      }
      return outcome.orElseThrow();
    }

    @Override
    public void awaitChange(ClusterState seen, Duration limit) {
      throw new AssertionError("nothing is unknown");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptedEntryCountsOnce(boolean applied) throws InterruptedException {
    DataCheck sweeping = sweeping();
    SweepProgress progress =
        new SweepProgress(
            sweeping,
            cluster.term,
            new SweepControl(cluster.ports(), sweeping, Duration.ofSeconds(60)),
            new Interrupted(applied));
    progress.removed("docs", 0, REMOVED);
    assertThrows(InterruptedException.class, progress::log);
    progress.through("docs");
    progress.log();
    DataCheck check = cluster.state().checks().find(1).orElseThrow();
    assertEquals(REMOVED, check.sweep().orElseThrow().removed());
    assertEquals(Optional.of("docs"), check.sweep().orElseThrow().upTo());
  }

  /** Else a later wait would be given up too soon. */
  @Test
  void aWaitForTheSpillFileThatIsOverIsForgotten() throws InterruptedException {
    int[] tries = new int[1];
    MigrationPorts ports = cluster.ports();
    MigrationPorts failing =
        new MigrationPorts(
            ports.log(),
            ports.shards(),
            ports.routers(),
            ports.time(),
            ports.tasks(),
            ports.fence(),
            (work, rows) -> {
              if (++tries[0] == 1) {
                throw new IOException("the disk is full");
              }
            },
            ports.memory(),
            ports.recorder());
    DataCheck check = sweeping();
    SweepControl control = new SweepControl(failing, check, Duration.ofSeconds(60));
    SweepContext context =
        new SweepContext(
            cluster.settings(),
            ports.shards(),
            ports.routers(),
            ports.time(),
            ports.tasks(),
            control,
            (duration, what) -> {},
            false);
    SweepProgress progress = new SweepProgress(check, cluster.term, control, ports.log());
    new SweepWork(failing, context, check, progress, new UnknownOutcomes())
        .keep(List.of(new Spilled("docs", FakeCluster.url(0), CopiedMigration.row("a"), true)));
    assertEquals(2, tries[0]);
    assertEquals(Optional.empty(), control.waiting());
  }

  @Test
  void theNextSweepOfTheCheckIsNotTheSame() throws InterruptedException {
    SweepControl control = new SweepControl(cluster.ports(), sweeping(), Duration.ofSeconds(60));
    control.check();
    cluster.accept(new CheckCommand.StopCheck(1, true));
    cluster.world.sleep(Duration.ofMillis(1));
    cluster.accept(new CheckCommand.StartSweep(1, 6, 0, false));
    assertThrows(StepStopped.class, control::check);
  }
}
