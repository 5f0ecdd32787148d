// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader's memory and log while a slice of a million points moves, between shards in memory. It
 * measures and prints; it does not judge.
 */
@Tag("bench")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class MemoryBenchIT {
  private static final int POINTS = 2_000_000;
  private static final int DIMENSION = 8;
  private static final int BATCH = 50_000;

  @TempDir Path folder;

  @Test
  void million() throws Exception {
    FigureTable table = new FigureTable();
    ShardCore full = ShardCore.of(QuiverVersion.V1_1_0);
    fill(full);
    try (ShardServer donor = ShardServer.start(0, full, List.of());
        ShardServer spare = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
        MigrationCluster cluster = MigrationCluster.over(folder, List.of(donor.url()))) {
      long index = cluster.applied();
      double before = Resident.kib(cluster.leader()) / 1024.0;
      MigrationTimes migration;
      Resident resident = new Resident(cluster.leader());
      try (resident) {
        migration = cluster.awaitEnd(cluster.grow(spare.url()));
      }
      table.title("a slice of 1,000,000 points, between shards in memory");
      table.row("points moved", migration.points(), "", "");
      table.row("the whole migration", migration.total(), "s", "");
      table.row("RSS of the leader before", before, "MiB", "");
      table.row("  and at most", resident.mebibytes(), "MiB", "<= 300");
      table.row("log entries besides progress", cluster.changesSince(index), "", "<= 100");
      table.row("log entries in all", cluster.applied() - index, "", "one more a second");
    }
    table.print();
  }

  private static void fill(ShardCore shard) {
    shard.create(CollectionSchema.of(BenchPoints.COLLECTION, DIMENSION, Metric.L2, IndexKind.IVF));
    Random random = new Random(1);
    for (int first = 0; first < POINTS; first += BATCH) {
      List<Point> batch = new ArrayList<>();
      for (int n = first; n < first + BATCH; n++) {
        float[] numbers = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
          numbers[i] = random.nextFloat();
        }
        batch.add(new Point(BenchPoints.id(n), FloatVector.of(numbers), "{\"v\":1}"));
      }
      long unused = shard.upsert(BenchPoints.COLLECTION, batch, true);
    }
  }
}
