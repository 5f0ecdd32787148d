// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.disk.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All disks are full during an election. */
@Timeout(120)
@Tag("realtime")
class FullDiskTest {
  private static final int BYTES = 4 << 20;

  @TempDir Path dir;
  private final List<SmallDisk> disks = new ArrayList<>();
  private TestEnsemble ensemble;

  @AfterEach
  void end() throws Exception {
    if (ensemble != null) {
      ensemble.close();
    }
    for (SmallDisk disk : disks) {
      disk.close();
    }
  }

  @Test
  void whoCannotWriteItsVoteSaysSoAndEndsAndGoesOnOnceThereIsSpace() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    for (String id : ensemble.ids()) {
      disks.add(SmallDisk.mountedOrAbort(ensemble.dataDir(id), BYTES));
    }
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.load(20);
    ensemble.awaitCaughtUp(ensemble.ids().toArray(String[]::new));
    String leader = ensemble.leader();
    List<String> left = ensemble.followers();
    for (SmallDisk disk : disks) {
      disk.fill();
    }
    ensemble.kill(leader);
    for (String id : left) {
      await()
          .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
          .until(() -> !ensemble.failures(id).isEmpty());
      String said = ensemble.failures(id).get(0);
      assertTrue(said.startsWith(Cause.OTHER + ": "), said);
      assertTrue(said.contains(" cannot be written "), said);
      assertTrue(said.contains("ree space on "), said);
      assertTrue(said.contains("hen start this member again"), said);
      ensemble.kill(id);
    }

    for (String id : ensemble.ids()) {
      Files.delete(ensemble.dataDir(id).resolve("filler"));
    }
    ensemble.startAll();
    ensemble.submit(new Command.AllocateId());
    ensemble.assertSameState();
  }
}
