// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A grow of a cluster with many small collections that were not searched since its shards were
 * started. It measures and prints; it asserts no figure.
 */
@Tag("bench")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class TenantsBenchIT {
  private static final int TENANTS = 300;
  private static final int POINTS = 20;
  private static final int DIMENSION = 8;

  @TempDir Path folder;

  @Test
  void manyCollectionsOfRestartedShards() throws Exception {
    List<RealQuiver> shards = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      shards.add(MigrationCluster.shard());
    }
    fill(shards.stream().map(RealQuiver::url).toList());
    for (RealQuiver shard : shards) {
      shard.kill();
      shard.restart();
    }
    FigureTable table = new FigureTable();
    try (MigrationCluster cluster = MigrationCluster.real(folder, shards);
        RealQuiver spare = MigrationCluster.shard()) {
      var unused = cluster.router();
      MigrationTimes migration = cluster.awaitEnd(cluster.grow(spare.url()));
      table.title("300 collections of 20 points on two shards that were restarted");
      table.row("the whole grow", migration.total(), "s", "<= 100");
      for (String phase : migration.began().keySet()) {
        if (!phase.equals("DONE")) {
          table.row("  " + phase, migration.in(phase), "s", "");
        }
      }
    }
    table.print();
  }

  private static void fill(List<String> urls) {
    BenchPoints points = new BenchPoints("hnsw", DIMENSION);
    List<Shard> shards =
        IntStream.range(0, urls.size())
            .mapToObj(id -> new Shard(id, urls.get(id), List.of()))
            .toList();
    ShardMap map = new ShardMap(0, shards, List.of(), List.of());
    for (Shard shard : shards) {
      QuiverClient client = QuiverClient.of(shard.primaryUrl());
      String mine =
          IntStream.range(0, POINTS)
              .filter(n -> RendezvousHash.owner(map, BenchPoints.id(n)).orElseThrow() == shard.id())
              .mapToObj(n -> points.point(BenchPoints.id(n), n))
              .collect(Collectors.joining(","));
      for (int tenant = 0; tenant < TENANTS; tenant++) {
        String name = "tenant-" + tenant;
        MigrationCluster.ok(
            client.post(
                "/v1/collections",
                "{\"name\":\"%s\",\"dim\":%d,\"metric\":\"l2\",\"index\":\"hnsw\"}"
                    .formatted(name, DIMENSION)));
        MigrationCluster.ok(
            client.post("/v1/collections/" + name + "/points", "{\"points\":[" + mine + "]}"));
      }
    }
  }
}
