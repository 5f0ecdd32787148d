// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Shards that die in the middle of a migration. */
class DyingShardTest extends LedMigration {
  @Test
  void aJoiningShardThatDiesIsGivenUp() throws InterruptedException {
    data.deeds.put("copy", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COPYING);
    Duration died = cluster.world.elapsed();
    cluster.shards.at(FakeCluster.N).down = true;
    cluster.await(Phase.REVERTING);
    assertBetween(
        Duration.ofSeconds(10), Duration.ofSeconds(13), cluster.world.elapsed().minus(died));
    cluster.world.sleep(Duration.ofSeconds(60));
    assertTrue(cluster.migration().holds());
    cluster.accept(cluster.retry(OptionalLong.of(3)));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals(List.of(FakeCluster.N), cluster.migration().leftDirty());
    assertFalse(data.calls.contains("wipe"));
  }

  @Test
  void aJoiningShardThatOnlyStumblesIsNot() throws InterruptedException {
    data.deeds.put("copy", context -> context.time().sleep(Duration.ofSeconds(30)));
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COPYING);
    cluster.shards.at(FakeCluster.N).down = true;
    at(8, () -> cluster.shards.at(FakeCluster.N).down = false);
    at(11, () -> cluster.shards.at(FakeCluster.N).down = true);
    at(19, () -> cluster.shards.at(FakeCluster.N).down = false);
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void aJoiningShardThatDiesWhilePausedIsGivenUpToo() throws InterruptedException {
    data.deeds.put("copy", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COPYING);
    cluster.accept(new Command.PauseMigration(1));
    cluster.shards.at(FakeCluster.N).down = true;
    cluster.await(Phase.REVERTING);
  }

  @Test
  void aDonorThatDiesHoldsTheMigrationUntilItIsBack() throws InterruptedException {
    data.deeds.put(
        "copy",
        context -> {
          if (cluster.shards.at(FakeCluster.url(0)).down) {
            throw new ShardException(Kind.NEVER_SENT, FakeCluster.url(0), "refused");
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.ADOPTING);
    cluster.shards.at(FakeCluster.url(0)).down = true;
    cluster.world.sleep(Duration.ofMinutes(3));
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertTrue(cluster.migration().waitingOn().orElseThrow().detail().contains(FakeCluster.url(0)));
    cluster.shards.at(FakeCluster.url(0)).down = false;
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void aLeavingShardThatDiesAfterTheFlipIsSkipped() throws InterruptedException {
    String leaving = FakeCluster.url(2);
    lead();
    cluster.start(MigrationKind.DRAIN);
    cluster.await(Phase.DROPPING);
    cluster.shards.at(leaving).down = true;
    cluster.world.sleep(Duration.ofMinutes(2));
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    cluster.accept(cluster.retry(OptionalLong.of(2)));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of(leaving), cluster.migration().leftDirty());
  }

  @Test
  void aDropEndsWhenAllDonorsAreSkipped() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.DROPPING);
    for (long id = 0; id < 3; id++) {
      cluster.shards.at(FakeCluster.url(id)).down = true;
    }
    cluster.world.sleep(Duration.ofMinutes(2));
    for (long id = 0; id < 3; id++) {
      cluster.world.await(() -> cluster.migration().holds(), Duration.ofMinutes(30));
      cluster.accept(cluster.retry(OptionalLong.of(id)));
    }
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(3, cluster.migration().leftDirty().size());
  }

  @Test
  void aDonorThatDiesWhileTheFlipIsAdoptedIsSkipped() throws InterruptedException {
    String donor = FakeCluster.url(0);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.SETTLING);
    cluster.shards.at(donor).down = true;
    cluster.world.sleep(Duration.ofMinutes(2));
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    cluster.accept(cluster.retry(OptionalLong.of(0)));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of(donor), cluster.migration().leftDirty());
  }

  @Test
  void coolingEndsThoughTheOwnerNeverAnswersAgain() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.COOLING);
    cluster.shards.at(FakeCluster.N).down = true;
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofMinutes(15)) < 0);
  }
}
