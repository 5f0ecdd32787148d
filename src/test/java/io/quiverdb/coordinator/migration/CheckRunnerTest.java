// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.DataCheck;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A check of the data whose leaders end one after the other, with the real executor. */
@Timeout(60)
class CheckRunnerTest extends LedMigration {
  private DataCheck check() {
    return cluster.state().checks().find(1).orElseThrow();
  }

  private void begin() {
    lead();
    cluster.accept(new StartCheck(CheckKind.VERIFY, 0));
  }

  private void awaitBegun() throws InterruptedException {
    cluster.world.await(() -> check().begunIn().contains(cluster.term), Duration.ofMinutes(2));
    assertTrue(check().begunIn().contains(cluster.term), () -> check().toString());
  }

  @Test
  void failsInsteadOfEndingTheNextOne() throws InterruptedException {
    cluster.shards.at(FakeCluster.url(1)).delay = Duration.ofHours(1);
    begin();
    for (int leaders = 1; leaders <= 3; leaders++) {
      awaitBegun();
      newLeader();
    }
    cluster.world.await(() -> !check().isRunning(), Duration.ofMinutes(2));
    assertEquals(CheckState.FAILED, check().state());
    assertEquals(3, check().begunIn().size(), "the fourth one does not begin");
    assertTrue(check().error().orElseThrow().startsWith("3 leaders have begun it"));
  }

  @Test
  void readsAllCollectionsOfLongListings() throws InterruptedException {
    for (int shard = 0; shard < 3; shard++) {
      for (int i = 0; i < 800; i++) {
        cluster.shards.at(FakeCluster.url(shard)).has(i + "n".repeat(1_000), 0);
      }
    }
    begin();
    cluster.world.await(() -> !check().isRunning(), Duration.ofHours(1));
    assertEquals(CheckState.DONE, check().state(), () -> check().toString());
    CheckReport report = check().report();
    assertEquals(3 * 801, report.rows().size() + report.others().rows());
  }

  @Test
  void leadersThatComeFurtherMayFollowEachOther() throws InterruptedException {
    for (int shard = 0; shard < 3; shard++) {
      cluster.shards.at(FakeCluster.url(shard)).delay = Duration.ofSeconds(1);
      for (int i = 1; i < 8; i++) {
        cluster.shards.at(FakeCluster.url(shard)).has("docs" + i, 0);
      }
    }
    begin();
    for (int leaders = 1; leaders <= 6; leaders++) {
      Optional<String> before = check().upTo();
      cluster.world.await(() -> !check().upTo().equals(before), Duration.ofMinutes(2));
      newLeader();
      awaitBegun();
    }
    cluster.world.await(() -> !check().isRunning(), Duration.ofMinutes(10));
    assertEquals(CheckState.DONE, check().state(), () -> check().toString());
    assertEquals(24, check().report().rows().size());
    assertEquals(Optional.of("docs7"), check().upTo());
  }
}
