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

/**
 * Shards that die for good in any part of a migration: the migration can end, and no only copy is
 * deleted.
 */
class DeadShardTest {
  private static final long NEW = 3;
  private static final long LEAVING = 2;

  private final FakeCluster cluster = new FakeCluster();
  private final List<String> calls = new ArrayList<>();

  /** Its drop and its wipe end only if all shards answer. */
  private final class Data implements PointOperations {
    @Override
    public void probePageSizes(MigrationContext context) {}

    @Override
    public void copy(MigrationContext context, List<ShardCollection> collections) {
      calls.add("copy");
    }

    @Override
    public void verify(MigrationContext context, List<ShardCollection> collections) {
      calls.add("verify");
    }

    @Override
    public boolean drop(MigrationContext context, List<ShardCollection> collections)
        throws InterruptedException {
      awaitAll(context);
      calls.add("drop");
      return true;
    }

    @Override
    public void wipe(MigrationContext context) throws InterruptedException {
      awaitAll(context);
      calls.add("wipe");
    }

    private void awaitAll(MigrationContext context) throws InterruptedException {
      for (String url : MigrationShards.urls(MigrationShards.of(context).donors())) {
        awaitOne(context, url);
      }
      for (String url : MigrationShards.urls(MigrationShards.of(context).targets())) {
        awaitOne(context, url);
      }
    }

    private void awaitOne(MigrationContext context, String url) throws InterruptedException {
      boolean answered = false;
      while (!answered) {
        context.control().check();
        try {
          var unused = context.shards().role(url);
          answered = true;
        } catch (ShardException e) {
          context.control().hold("shard", String.valueOf(e.getMessage()), List.of(url));
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
    cluster.world.await(() -> cluster.migration().phase() == phase, Duration.ofHours(1));
    assertEquals(phase, cluster.migration().phase());
  }

  private void dies(String url) throws InterruptedException {
    cluster.shards.at(url).down = true;
    cluster.world.await(
        () ->
            cluster.migration().holds()
                && cluster.migration().waitingOn().orElseThrow().detail().contains(url),
        Duration.ofMinutes(5));
    assertTrue(cluster.migration().holds(), "an operator sees it: " + cluster.migration());
  }

  /** The shard is skipped, and the migration comes to its end without it. */
  private void skipped(long id, Phase end, String... left) throws InterruptedException {
    cluster.accept(cluster.retry(OptionalLong.of(id)));
    await(end);
    assertEquals(List.of(id), cluster.migration().skipped());
    assertEquals(List.of(left), cluster.migration().leftDirty());
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
    assertFalse(cluster.migration().keepCopies(), "there are none any more");
  }

  private List<Row> moved() {
    PointSlice slice = PointSlice.of(cluster.migration().plan(), cluster.state().map());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (slice.moves("p" + i)) {
        rows.add(CopiedMigration.row("p" + i));
      }
    }
    return rows;
  }
}
