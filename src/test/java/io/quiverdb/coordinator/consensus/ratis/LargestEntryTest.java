// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.FullMap;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The largest map and all routers fit into one entry, with which members begin and restore. */
@Tag("realtime")
class LargestEntryTest {
  @TempDir Path dir;

  @Test
  void theLargestMapIsBootstrappedAndRestoredThroughTheLog() throws Exception {
    ShardMap map = FullMap.map();
    try (TestEnsemble ensemble = new TestEnsemble(dir, 3)) {
      ensemble.startAll();
      accepted(ensemble, new Command.Bootstrap("cluster", "f", map, 9_999, FullMap.routers()));
      accepted(
          ensemble,
          new Command.Restore(
              new BackupContent("cluster", map, 9_999, 1, FullMap.routers()), 0, 0));
      ensemble.assertSameState();
      ClusterState state = ensemble.member("c3").stateView().current().state();
      assertEquals(map.withVersion(2), state.map());
      assertEquals(FullMap.routers(), state.routers());
    }
  }

  private static void accepted(TestEnsemble ensemble, Command command) throws Exception {
    assertInstanceOf(Outcome.Accepted.class, ensemble.submit(command).outcome());
  }
}
