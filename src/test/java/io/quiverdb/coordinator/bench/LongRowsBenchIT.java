// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A grow from eight donors with rows that only shards with raised limits accept, by members with
 * the shipped heap: none may run out of memory. It measures and prints.
 */
@Tag("bench")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LongRowsBenchIT {
  private static final int DONORS = 8;
  private static final Limits RAISED =
      new Limits(1_000, 50_000, 1_000_000, 10_000, 32 << 20, 16 << 20, 8_192);

  @TempDir Path folder;

  /** Rows of 10 MB, two of each donor, among short ones. */
  @Test
  void long10MB() throws Exception {
    grow("rows of 10 MB from eight donors", 2 * DONORS, '"' + "x".repeat(10_000_000) + '"', 8_000);
  }

  /** Rows of 100 bytes, in pages of a million. */
  @Test
  void short100B() throws Exception {
    grow("rows of 100 B, pages of 1,000,000 rows", 0, "", 2_000_000);
  }

  private void grow(String title, int longOnes, String payload, int shortOnes) throws Exception {
    List<ShardServer> servers = new ArrayList<>();
    FigureTable table = new FigureTable();
    try {
      for (int id = 0; id <= DONORS; id++) {
        ShardCore core =
            new ShardCore(QuiverVersion.V1_1_0, RAISED, Duration.ZERO, System::nanoTime);
        servers.add(ShardServer.start(0, core, List.of()));
      }
      fill(servers, longOnes, payload, shortOnes);
      List<String> urls = servers.subList(0, DONORS).stream().map(ShardServer::url).toList();
      try (MigrationCluster cluster = MigrationCluster.over(folder, urls)) {
        List<Long> before = pids(cluster);
        MigrationTimes migration;
        Resident resident = new Resident(cluster.leader());
        try (resident) {
          migration = cluster.awaitEnd(cluster.grow(servers.get(DONORS).url()));
        }
        table.title(title);
        table.row("points moved", migration.points(), "", "");
        table.row("the whole migration", migration.total(), "s", "");
        table.row("RSS of the leader", resident.mebibytes(), "MiB", "<= 300");
        long ended = before.stream().filter(pid -> !pids(cluster).contains(pid)).count();
        table.row("members that ended", ended, "", "0");
      }
    } finally {
      for (ShardServer server : servers) {
        server.close();
      }
    }
    table.print();
  }

  private static List<Long> pids(MigrationCluster cluster) {
    return cluster.members().stream().map(MemberProcess::pid).flatMap(Optional::stream).toList();
  }

  private static void fill(List<ShardServer> servers, int longOnes, String payload, int shortOnes) {
    List<Shard> shards = new ArrayList<>();
    for (ShardServer server : servers) {
      shards.add(new Shard(shards.size(), server.url(), List.of()));
    }
    ShardMap during = new ShardMap(1, shards, List.of((long) DONORS), List.of());
    for (ShardServer donor : servers.subList(0, DONORS)) {
      donor.core().create(CollectionSchema.of(BenchPoints.COLLECTION, 2, Metric.L2, IndexKind.IVF));
    }
    int left = longOnes;
    List<List<Point>> batches = new ArrayList<>();
    servers.forEach(server -> batches.add(new ArrayList<>()));
    for (int n = 0; n < shortOnes || left > 0; n++) {
      String id = BenchPoints.id(n);
      OptionalLong donor = RendezvousHash.donor(during, id);
      int at = (int) donor.orElseGet(() -> RendezvousHash.owner(during, id).orElseThrow());
      if (at == DONORS) {
        continue;
      }
      boolean isLong = left > 0 && donor.isPresent() && n % 50 == 0;
      left -= isLong ? 1 : 0;
      batches
          .get(at)
          .add(new Point(id, FloatVector.of(n % 1000, at), isLong ? payload : "{\"v\":1}"));
      if (isLong || batches.get(at).size() == 10_000) {
        write(servers.get(at), batches.get(at));
      }
    }
    for (int at = 0; at < DONORS; at++) {
      write(servers.get(at), batches.get(at));
    }
  }

  private static void write(ShardServer server, List<Point> batch) {
    long unused = server.core().upsert(BenchPoints.COLLECTION, batch, true);
    batch.clear();
  }
}
