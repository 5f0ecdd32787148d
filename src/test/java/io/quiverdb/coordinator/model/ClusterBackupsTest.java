// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How many backups of the cluster are kept. */
class ClusterBackupsTest {
  private static List<Long> kept(ShardMap map) {
    ClusterBackups backups = ClusterBackups.EMPTY;
    for (int id = 1; id <= ClusterBackups.KEPT + 3; id++) {
      ClusterBackup backup = ClusterBackup.begun(id, "/b", 60, map, 1, 1);
      backups = backups.started(backup).changed(backup.ended(CheckState.DONE, "", 2));
    }
    return backups.all().stream().map(ClusterBackup::id).toList();
  }

  @Test
  void theLastOnesAreKept() {
    assertEquals(List.of(4L, 5L, 6L, 7L, 8L), kept(ShardMap.EMPTY));
  }

  @Test
  void fewerAreKeptIfTheirMapsAreLarge() {
    assertEquals(List.of(7L, 8L), kept(FullMap.map()));
  }
}
