// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The progress of a migration of very many collections, and of ids that are very long. */
@Timeout(60)
class LoggedPartsTest {
  private static final int COLLECTIONS = 10_000;
  private static final int DONORS = 3;

  /** What an entry of the log may have, in bytes. */
  private static final int ENTRY = 3_900_000;

  private final FakeCluster cluster = new FakeCluster();
  private LogStepControl control;

  @BeforeEach
  void copying() {
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    cluster.logged.clear();
    control = cluster.control();
  }

  @Test
  void everyPartOfTenThousandCollectionsIsLoggedInEntriesThatFit() throws Exception {
    for (int c = 0; c < COLLECTIONS; c++) {
      for (int donor = 0; donor < DONORS; donor++) {
        control.moved(part("tenant-" + c, donor, 5, "an id of tenant " + c, true), 100);
      }
      if (c % 1_000 == 0) {
        control.tick();
      }
    }
    control.flush();
    fit();
    MigrationProgress logged = cluster.migration().progress();
    assertEquals(COLLECTIONS * DONORS, logged.parts().size());
    assertEquals(5L * COLLECTIONS * DONORS, logged.pointsDone());
    LoggedParts parts = LoggedParts.of(cluster.bundle(control));
    assertTrue(parts.isCopied("tenant-9999", MigrationShards.of(cluster.bundle(control)).donors()));
  }

  @Test
  void idsOfTwentyKilobytesFit() throws Exception {
    String name = "\u0001".repeat(1_000);
    for (int c = 0; c < 400; c++) {
      control.moved(part(name + c, 0, 5, "\u0001".repeat(20_000), false), 100);
    }
    control.flush();
    fit();
    List<MigrationPart> parts = cluster.migration().progress().parts();
    assertTrue(parts.size() > 150, parts.size() + " of them have 4 MiB of names and cursors");
    control.moved(part("late", 0, 7, "", true), 100);
    control.reportWaiting("router", "http://r2:6330 is away");
    cluster.world.sleep(Duration.ofSeconds(2));
    control.tick();
    assertEquals(
        "router", cluster.migration().waitingOn().orElseThrow().what(), "nothing freezes it");
  }

  /** It cannot be logged; the copy would go on from the id before it. */
  @Test
  void anIdOfMegabytesIsNoCursor() throws Exception {
    control.moved(part("docs", 0, 5, "an id", false), 100);
    control.moved(part("docs", 0, 9, "x".repeat(5_000_000), false), 100);
    control.flush();
    fit();
    MigrationPart logged = cluster.migration().progress().parts().get(0);
    assertEquals("an id", logged.lastId());
    assertEquals(5, logged.offset());
    assertEquals(9, logged.pointsDone());
  }

  private void fit() {
    for (var command : cluster.logged) {
      byte[] entry =
          EntryCodec.current().encode(Proposal.of(new Stamp("c1", Stamp.SYSTEM, 1), command), 1);
      assertTrue(entry.length < ENTRY, () -> entry.length + " bytes");
    }
    assertTrue(cluster.logged.stream().anyMatch(ReportProgress.class::isInstance));
  }

  private static MigrationPart part(
      String collection, int donor, int done, String lastId, boolean through) {
    return new MigrationPart(collection, donor, 3, 20, done, done, lastId, through);
  }
}
