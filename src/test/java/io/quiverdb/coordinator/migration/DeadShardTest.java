// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.points.PointOperations;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Shards that die for good in any part of a move: the slot is freed, and no only copy goes. */
class DeadShardTest {
  private static final long NEW = 3;
  private static final long LEAVING = 2;

  private final FakeCluster cluster = new FakeCluster();
  private final List<String> calls = new ArrayList<>();

  /** Its drop and its wipe end only if all shards answer. */
  private final class Data implements PointOperations {
    @Override
    public void probePageSizes(MigrationContext move) {}

    @Override
    public void copy(MigrationContext move, List<ShardCollection> collections) {
      calls.add("copy");
    }

    @Override
    public void verify(MigrationContext move, List<ShardCollection> collections) {
      calls.add("verify");
    }

    @Override
    public boolean drop(MigrationContext move, List<ShardCollection> collections)
        throws InterruptedException {
      awaitAll(move);
      calls.add("drop");
      return true;
    }

    @Override
    public void wipe(MigrationContext move) throws InterruptedException {
      awaitAll(move);
      calls.add("wipe");
    }

    private void awaitAll(MigrationContext move) throws InterruptedException {
      for (String url : MigrationShards.urls(MigrationShards.of(move).donors())) {
        awaitOne(move, url);
      }
      for (String url : MigrationShards.urls(MigrationShards.of(move).targets())) {
        awaitOne(move, url);
      }
    }

    private void awaitOne(MigrationContext move, String url) throws InterruptedException {
      boolean answered = false;
      while (!answered) {
        move.control().check();
        try {
          var unused = move.shards().role(url);
          answered = true;
        } catch (ShardException e) {
          move.control().hold("shard", String.valueOf(e.getMessage()), List.of(url));
        }
      }
    }
  }

  private void leadTo(MigrationKind kind, Phase phase) throws InterruptedException {
    MigrationExecutor executor =
        new MigrationExecutor(cluster.term, cluster.ports(), cluster.settings(), new Data());
    var unused =
        cluster.world.start(
            "executor",
            () -> {
              executor.run();
              return "";
            });
    boolean grow = kind == MigrationKind.GROW;
    cluster.accept(
        new Command.StartMigration(
            new MigrationPlan(
                kind,
                grow ? NEW : LEAVING,
                grow ? FakeCluster.N : FakeCluster.url(LEAVING),
                List.of(),
                false,
                List.of()),
            0,
            cluster.term));
    await(phase == Phase.REVERTING ? Phase.COPYING : phase);
    if (phase == Phase.REVERTING) {
      cluster.accept(new Command.CancelMigration(1, false));
    }
  }

  private void await(Phase phase) throws InterruptedException {
    cluster.world.await(() -> cluster.move().phase() == phase, Duration.ofHours(1));
    assertEquals(phase, cluster.move().phase());
  }

  private void dies(String url) throws InterruptedException {
    cluster.shards.at(url).down = true;
    cluster.world.await(
        () ->
            cluster.move().holds()
                && cluster.move().waitingOn().orElseThrow().detail().contains(url),
        Duration.ofMinutes(5));
    assertTrue(cluster.move().holds(), "an operator sees it: " + cluster.move());
  }

  /** The shard is skipped, and the move comes to its end without it. */
  private void skipped(long id, Phase end, String... left) throws InterruptedException {
    cluster.accept(cluster.retry(OptionalLong.of(id)));
    await(end);
    assertEquals(List.of(id), cluster.move().skipped());
    assertEquals(List.of(left), cluster.move().leftDirty());
    assertTrue(cluster.state().migrations().active().isEmpty());
  }

  private static String[] serving() {
    return new String[] {FakeCluster.url(0), FakeCluster.url(1), FakeCluster.url(2)};
  }

  @Test
  void aDonorThatDiesWhileAGrowIsTakenBack() throws InterruptedException {
    leadTo(MigrationKind.GROW, Phase.REVERTING);
    dies(FakeCluster.url(0));
    skipped(0, Phase.REVERTED, FakeCluster.N);
    assertFalse(calls.contains("wipe"), "the copies on the new shard may be the only ones");
    assertTrue(cluster.shards.at(FakeCluster.N).collections.containsKey("docs"));
  }

  @Test
  void theNewShardThatDiesWhileTheFlipIsAdopted() throws InterruptedException {
    leadTo(MigrationKind.GROW, Phase.SETTLING);
    dies(FakeCluster.N);
    skipped(NEW, Phase.DONE, serving());
    assertFalse(calls.contains("drop"), "the donors may have the only copies");
  }

  @Test
  void theNewShardThatDiesWhileTheDonorsAreCleaned() throws InterruptedException {
    leadTo(MigrationKind.GROW, Phase.DROPPING);
    dies(FakeCluster.N);
    int drops = calls.size();
    skipped(NEW, Phase.DONE, serving());
    assertEquals(drops, calls.size());
  }

  @Test
  void aSurvivorThatDiesWhileTheFlipIsAdopted() throws InterruptedException {
    leadTo(MigrationKind.DRAIN, Phase.SETTLING);
    dies(FakeCluster.url(0));
    skipped(0, Phase.DONE, FakeCluster.url(LEAVING));
    assertFalse(calls.contains("drop"), "the shard that left may have the only copies");
  }

  @Test
  void aLeavingShardThatDiesWhileItsDrainIsTakenBack() throws InterruptedException {
    leadTo(MigrationKind.DRAIN, Phase.REVERTING);
    dies(FakeCluster.url(LEAVING));
    skipped(LEAVING, Phase.REVERTED, FakeCluster.url(0), FakeCluster.url(1));
    assertFalse(calls.contains("wipe"), "the survivors may have the only copies");
  }

  @Test
  void aSurvivorThatDiesWhileADrainIsTakenBack() throws InterruptedException {
    leadTo(MigrationKind.DRAIN, Phase.REVERTING);
    dies(FakeCluster.url(0));
    skipped(0, Phase.REVERTED, FakeCluster.url(0));
    assertTrue(calls.contains("wipe"), "the others are cleaned");
  }

  @Test
  void aDonorThatDiesBeforeItsIndexHasForgotten() throws InterruptedException {
    leadTo(MigrationKind.GROW, Phase.COOLING);
    cluster.shards.at(FakeCluster.N).rows.put("docs", moved());
    Duration before = cluster.world.elapsed();
    dies(FakeCluster.url(0));
    cluster.world.sleep(Duration.ofMinutes(1));
    skipped(0, Phase.DONE);
    assertBetween(
        Duration.ofMinutes(1), Duration.ofMinutes(2), cluster.world.elapsed().minus(before));
  }

  @Test
  void theNewShardThatDiesBeforeTheIndexesHaveForgotten() throws InterruptedException {
    leadTo(MigrationKind.GROW, Phase.COOLING);
    Duration before = cluster.world.elapsed();
    dies(FakeCluster.N);
    skipped(NEW, Phase.DONE);
    assertBetween(Duration.ZERO, Duration.ofMinutes(1), cluster.world.elapsed().minus(before));
    assertFalse(cluster.move().keepCopies(), "there are none any more");
  }

  private List<Row> moved() {
    PointSlice slice = PointSlice.of(cluster.move().plan(), cluster.state().map());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (slice.moves("p" + i)) {
        rows.add(CopiedMigration.row("p" + i));
      }
    }
    return rows;
  }
}
