// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk loses what was not forced: nothing on which a member depends is lost. */
@Timeout(120)
@Tag("realtime")
class PowerCutTest {
  @TempDir Path dir;

  @Test
  void whatALeaderInstalledIsThereAfterThePowerWent() throws Exception {
    try (DiskRecord record = new DiskRecord();
        TestEnsemble ensemble = new TestEnsemble(dir.resolve("ensemble"), 3).snapshotEvery(100)) {
      ensemble.startAll();
      ensemble.submit(TestEnsemble.bootstrap());
      String follower = ensemble.followers().get(0);
      ensemble.kill(follower);
      ensemble.load(1500);
      ensemble.start(follower);
      ensemble.awaitCaughtUp(follower);
      Path data = ensemble.dataDir(follower);
      Path sm = SnapshotTest.snapshots(data).values().iterator().next().getParent();
      long index = ensemble.member(follower).stateView().current().index();
      ensemble.kill(follower);
      record.read(dir.resolve("record.jfr"));

      List<SnapshotFiles.Named> installed = SnapshotFiles.newestFirst(sm);
      assertFalse(installed.isEmpty());
      for (SnapshotFiles.Named snapshot : installed) {
        String name = String.valueOf(snapshot.file().getFileName());
        assertTrue(record.durable(data, name), name + " was not forced");
      }
      assertTrue(record.forced(sm), "the names of the snapshots were not forced");
      assertTrue(record.forced(sm.getParent()), "the name of sm was not forced");

      var lost = record.cutPower(data);
      assertTrue(
          lost.stream().allMatch(name -> name.equals("lock") || name.equals("in_use.lock")),
          lost::toString);
      ensemble.start(follower);
      assertTrue(ensemble.report(follower).lastLogIndex() >= index, "it has what it acknowledged");
      ensemble.awaitCaughtUp(follower);
      ensemble.assertSameState();
      assertEquals(List.of(), ensemble.failures(follower));
    }
  }
}
