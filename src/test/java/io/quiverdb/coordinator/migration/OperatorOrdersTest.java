// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Orders of operators for a running migration. */
class OperatorOrdersTest extends LedMigration {
  @DisplayName("a cancel ends the step; the copies are removed when nobody writes them any more")
  @Test
  void aCancelEndsTheStepThenTheCopiesAreRemoved() throws InterruptedException {
    List<Duration> wiped = new ArrayList<>();
    data.deeds.put("copy", LedMigration::untilStopped);
    data.deeds.put("wipe", context -> wiped.add(cluster.world.elapsed()));
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COPYING);
    cluster.world.sleep(Duration.ofSeconds(3));
    Duration cancelled = cluster.world.elapsed();
    cluster.accept(new Command.CancelMigration(1, false));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertTrue(wiped.get(0).minus(cancelled).compareTo(Duration.ofSeconds(20)) >= 0);
  }

  @Test
  void aPauseStopsTheStepAndAResumeGoesOn() throws InterruptedException {
    data.deeds.put("copy", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    awaitCopy();
    cluster.accept(new Command.PauseMigration(1));
    cluster.world.sleep(Duration.ofMinutes(5));
    assertEquals(1, data.calls.size());
    assertEquals(MigrationState.PAUSED, cluster.migration().state());
    data.deeds.clear();
    cluster.accept(new Command.ResumeMigration(1));
    assertEquals(Phase.DONE, awaitEnd());
  }

  private void awaitCopy() throws InterruptedException {
    cluster.world.await(() -> data.calls.contains("copy"), Duration.ofMinutes(10));
  }

  @Test
  void copiesThatAreToBeKeptAfterAllEndTheirRemoval() throws InterruptedException {
    String leaving = FakeCluster.url(2);
    data.deeds.put("copy", LedMigration::untilStopped);
    data.deeds.put(
        "wipe",
        context -> {
          cluster.shards.at(leaving).down = true;
          while (true) {
            context.control().check();
            context.control().hold("shard", leaving + " is away", List.of(leaving));
          }
        });
    lead();
    cluster.start(MigrationKind.DRAIN);
    awaitCopy();
    cluster.accept(new Command.CancelMigration(1, false));
    cluster.world.sleep(Duration.ofMinutes(3));
    assertTrue(cluster.migration().holds());
    cluster.accept(new Command.CancelMigration(1, true));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals(List.of("copy", "wipe"), data.calls);
  }

  @Test
  void aPauseClosesTheSearchesThatBuildIndexes() throws InterruptedException {
    StubShards.Stub donor = cluster.shards.at(FakeCluster.url(0));
    donor.rows.put("docs", List.of(CopiedMigration.row("a")));
    data.deeds.put("drop", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.DROPPING);
    donor.indexReady("docs", false);
    cluster.world.sleep(Duration.ofSeconds(3));
    assertEquals(1, donor.openSearches);
    cluster.accept(new Command.PauseMigration(1));
    cluster.world.sleep(Duration.ofSeconds(3));
    assertEquals(0, donor.openSearches);
  }
}
