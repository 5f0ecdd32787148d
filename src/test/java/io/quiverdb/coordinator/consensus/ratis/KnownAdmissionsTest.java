// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The incarnations that a member knows while its state is that of an old snapshot. */
@Timeout(120)
@Tag("realtime")
class KnownAdmissionsTest {
  private static final Duration MANY_BEATS =
      RatisSettings.DEFAULT_FRESHNESS_INTERVAL.multipliedBy(6);

  @TempDir Path dir;
  private TestEnsemble ensemble;

  @AfterEach
  void end() {
    ensemble.close();
  }

  private long snapshot(String id) throws Exception {
    Path group = ensemble.dataDir(id).resolve("raft/" + RaftSetup.groupId("test").getUuid());
    return SnapshotFiles.newestIndex(group.resolve("sm"));
  }

  /** All lose power when one was just admitted again, and the leader does not come back. */
  @Test
  void anOldSnapshotUndoesNoAdmission() throws Exception {
    ensemble = new TestEnsemble(dir, 3).snapshotEvery(200);
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    String leader = ensemble.leader();
    String knowing = ensemble.followers().get(0);
    String wiped = ensemble.followers().get(1);
    while (snapshot(knowing) < 0) {
      ensemble.load(10);
    }
    long snapshot = snapshot(knowing);
    ensemble.kill(wiped);
    Folders.copy(ensemble.dataDir(wiped), dir.resolve("old"));
    ensemble.wipe(wiped);
    ensemble.start(wiped);
    await().atMost(TestEnsemble.PATIENCE).until(() -> ensemble.report(wiped).ready());
    String admitted = ensemble.report(wiped).incarnation();
    ensemble.kill(wiped);
    ensemble.submit(new Command.AllocateId());
    ensemble.awaitCaughtUp(knowing);
    assertEquals(snapshot, snapshot(knowing), "its state is older than the admission");
    ensemble.kill(leader);
    ensemble.kill(knowing);

    ensemble.start(knowing);
    await()
        .during(MANY_BEATS)
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> admitted.equals(ensemble.report(knowing).knownIncarnations().get(wiped)));
    assertTrue(ensemble.member(knowing).stateView().current().index() <= snapshot);

    Folders.copy(ensemble.dataDir(wiped), dir.resolve("new"));
    ensemble.wipe(wiped);
    Folders.copy(dir.resolve("old"), ensemble.dataDir(wiped));
    ensemble.launch(wiped);
    assertEquals(FailureListener.Cause.STORAGE, ensemble.startFailure(wiped).exit());
    ensemble.kill(wiped);

    ensemble.wipe(wiped);
    Folders.copy(dir.resolve("new"), ensemble.dataDir(wiped));
    ensemble.start(wiped);
    assertEquals(knowing, ensemble.leader(), "the log of the other one is shorter");
    ensemble.submit(new Command.AllocateId());
  }
}
