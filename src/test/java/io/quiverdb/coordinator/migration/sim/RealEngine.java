// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.MigrationExecutor;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.Preflight;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The engine of production. */
final class RealEngine implements Engine {
  private final Map<Long, MigrationExecutor> byTerm = new HashMap<>();

  @Override
  public void lead(Ports ports) throws InterruptedException {
    MigrationExecutor executor =
        new MigrationExecutor(ports.term(), migrationPorts(ports), ports.settings());
    byTerm.put(ports.term(), executor);
    executor.run();
  }

  private static MigrationPorts migrationPorts(Ports ports) {
    return new MigrationPorts(
        ports.log(),
        ports.shards(),
        ports.routers(),
        ports.time(),
        ports.tasks(),
        ports.fence(),
        ports.spills(),
        MemoryBudget.ofHeap(96 << 20),
        MigrationRecorder.NONE);
  }

  @Override
  public String grow(Ports ports, String url) throws Exception {
    return start(ports, MigrationRequest.grow(url, List.of(), 0));
  }

  @Override
  public String drain(Ports ports, long shardId) throws Exception {
    return start(ports, MigrationRequest.drain(shardId, 0));
  }

  private String start(Ports ports, MigrationRequest request) throws Exception {
    MigrationExecutor executor = byTerm.get(ports.term());
    if (executor == null) {
      return "the leader is not ready";
    }
    PreflightReport report =
        new Preflight(
                ports.settings(), ports.shards(), ports.routers(), ports.time(), ports.tasks())
            .examine(ports.log().state(), request, false);
    if (report.plan().isEmpty()) {
      return report.firstFailed().map(Check::toString).orElse("refused");
    }
    ports.time().sleep(executor.takeoverLeft());
    Command start =
        new Command.StartMigration(
            report.plan().get(), request.throttlePointsPerSecond(), ports.term());
    return ports.log().submit(start) instanceof Outcome.Rejected rejected ? rejected.detail() : "";
  }

  @Override
  public boolean busy(ClusterState state) {
    return state.migrations().active().isPresent();
  }
}
