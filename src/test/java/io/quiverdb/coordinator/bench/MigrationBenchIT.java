// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quiverdb.coordinator.bench.PointClient.Latencies;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast points move between shards of the published binary, compared with those shards alone in
 * the same run. It measures and prints; it asserts no figure.
 */
@Tag("bench")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class MigrationBenchIT {
  private static final int DIMENSION = 64;
  private static final int IVF_POINTS = 200_000;
  private static final int HNSW_POINTS = 30_000;
  private static final int PAGE = 10_000;
  private static final int BULK = 10_000;
  private static final int THROTTLE = 5_000;
  private static final Duration CALM = Duration.ofSeconds(10);

  @TempDir Path folder;

  private final FigureTable table = new FigureTable();

  /**
   * What the shards do with a slice when nothing else runs, in seconds.
   *
   * @param write the slice onto an empty shard
   * @param limit every donor row read and the slice written, at once, by a client that parses
   *     nothing: what a copy on the same cores competes with
   * @param index its index built
   * @param scan every row of both sides read
   */
  private record Alone(double write, double limit, double index, double scan) {}

  @BeforeEach
  void needsTheBinary() {
    Path binary = Path.of(".cache", "quiver", QuiverVersion.V1_1_0.text(), "bin", "quiver");
    boolean there = Files.isExecutable(binary);
    if (!there) {
      System.out.println(
          "migrations are not measured: " + binary + " is missing; make interop gets it");
    }
    assumeTrue(there, binary + " is missing: make interop installs it");
  }

  @AfterEach
  void print() {
    table.print();
  }

  @Test
  void bulk() throws Exception {
    BenchPoints points = new BenchPoints("ivf", DIMENSION);
    try (MigrationCluster cluster = loaded(points, IVF_POINTS);
        RealQuiver spare = MigrationCluster.shard()) {
      var unused = cluster.router();
      table.title("IVF, 200,000 points of 64 dimensions, onto a fourth shard");
      Alone alone = alone(cluster, points, IVF_POINTS, "/points:bulk", BULK);
      ofTheLimit(alone, grow(cluster, spare, alone));
      MigrationTimes drained = cluster.awaitEnd(cluster.drain());
      table.row("taken back by a drain", drained.total(), "s", "");
      table.title("the same once more, by a leader that has done it before");
      ofTheLimit(alone, grow(cluster, spare, alone));
    }
  }

  private void ofTheLimit(Alone alone, MigrationTimes migration) {
    double copy = migration.in("COPYING");
    table.row("  copied at", migration.points() / copy, "/s", ">= 10200 (40 x Quiver 1.1.0)");
    table.row("  of the limit", 100 * alone.limit() / copy, "%", ">= 80");
  }

  @Test
  void graph() throws Exception {
    BenchPoints points = new BenchPoints("hnsw", DIMENSION);
    try (MigrationCluster cluster = loaded(points, HNSW_POINTS);
        RealQuiver spare = MigrationCluster.shard()) {
      var unused = cluster.router();
      table.title("HNSW, 30,000 points of 64 dimensions, onto a fourth shard");
      Alone alone = alone(cluster, points, HNSW_POINTS, "/points", 100);
      MigrationTimes migration = grow(cluster, spare, alone);
      double rate = migration.points() / migration.in("COPYING");
      table.row("copied at", rate, "/s", "Quiver 1.1.0: 255");
      table.row(
          "  of what the shard takes alone",
          100 * alone.write() / migration.in("COPYING"),
          "%",
          ">= 80");
    }
  }

  @Test
  void clients() throws Exception {
    BenchPoints points = new BenchPoints("ivf", DIMENSION);
    try (MigrationCluster cluster = loaded(points, IVF_POINTS);
        RealQuiver spare = MigrationCluster.shard()) {
      QuiverClient router = cluster.router();
      table.title("a client's writes through a router, 100 a second; IVF, 200,000 points");
      long page = System.nanoTime();
      var unused = BenchPoints.page(cluster.shards().get(0), 0, PAGE);
      double pageMillis = (System.nanoTime() - page) / 1e6;
      table.row("one fetch page of a donor", pageMillis, "ms", "");
      try (PointClient client = new PointClient(router, points)) {
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis() / 2);
        Instant before = Instant.now();
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        row("before", client.between(before, Instant.now()), "");
        spans(client, cluster.awaitEnd(cluster.grow(spare.url())), pageMillis);
        MigrationTimes drain = cluster.awaitEnd(cluster.drain());
        row("  a drain", client.between(drain.at("PREPARED"), drain.ended()), "p99 <= 60");
        long slow = cluster.grow(spare.url());
        cluster.throttle(slow, THROTTLE);
        table.title("the same, with a throttle of 5,000 points/s");
        spans(client, cluster.awaitEnd(slow), pageMillis);
      }
    }
  }

  private void spans(PointClient client, MigrationTimes migration, double pageMillis) {
    String stall = "p50 <= 2 x before; longest <= %.0f ms".formatted(1.5 * pageMillis);
    row(
        "a grow, until the flip",
        client.between(migration.at("PREPARED"), migration.at("PROMOTED")),
        stall);
    row(
        "  its wait for routers",
        client.between(migration.at("PREPARED"), migration.at("COPYING")),
        stall);
    row("  its copy", client.between(migration.at("COPYING"), migration.at("VERIFYING")), stall);
    row(
        "  its verification",
        client.between(migration.at("VERIFYING"), migration.at("PROMOTED")),
        stall);
    row(
        "  its drop",
        client.between(migration.at("DROPPING"), migration.at("COOLING")),
        "p99 <= 60");
    row("  its cooling", client.between(migration.at("COOLING"), migration.ended()), "");
    table.row("  copied at", migration.points() / migration.in("COPYING"), "/s", "");
  }

  private void row(String what, Latencies seen, String anchor) {
    table.row(what + ", writes", seen.writes(), "", anchor);
    table.row("    p50", seen.p50(), "ms", "");
    table.row("    p99", seen.p99(), "ms", "");
    table.row("    longest", seen.longest(), "ms", "");
    if (seen.failed() > 0) {
      table.row("    not acknowledged", seen.failed(), "", "0");
    }
  }

  /** What a grow takes in all, and what of it is not the work itself. */
  private MigrationTimes grow(MigrationCluster cluster, RealQuiver spare, Alone alone)
      throws Exception {
    long expected = cluster.estimate(spare.url());
    long index = cluster.applied();
    MigrationTimes migration;
    Resident resident = new Resident(cluster.leader());
    try (resident) {
      migration = cluster.awaitEnd(cluster.grow(spare.url()));
    }
    int changes = cluster.changesSince(index);
    phases(migration);
    int pauses = migration.rounds() - 1;
    double waits = pauses * MigrationCluster.REQUEST_DRAIN.toSeconds();
    double sum = 1.3 * alone.limit() + alone.scan() + waits + alone.index();
    table.row("from copy to flip", migration.between("COPYING", "PROMOTED"), "s", "");
    table.row("  1.3 x limit + scan + waits + index build", sum, "s", "at least the line above");
    double barriers =
        2
            * (MigrationCluster.REQUEST_DRAIN.toSeconds()
                + MigrationCluster.MAP_STALENESS.toSeconds());
    double work =
        migration.in("COPYING")
            + alone.scan()
            + alone.index()
            + migration.in("DROPPING")
            + migration.in("COOLING")
            + waits
            + barriers;
    table.row(
        "overhead of the safety", migration.total() - work, "s", "<= 3; without drop, cooling");
    table.row("estimated by dry_run", expected, "s", "0.5 to 2 x the whole");
    table.row("the whole migration", migration.total(), "s", "");
    table.row("log entries besides progress", changes, "", "<= 100");
    table.row("largest RSS of the leader", resident.mebibytes(), "MiB", "<= 300");
    return migration;
  }

  private void phases(MigrationTimes migration) {
    for (String phase : migration.began().keySet()) {
      table.row("  " + phase, migration.in(phase), "s", "");
    }
  }

  /** The shards by themselves: read all, write a slice onto an empty one, build its index, scan. */
  private Alone alone(MigrationCluster cluster, BenchPoints points, int count, String way, int size)
      throws Exception {
    try (RealQuiver blank = MigrationCluster.shard();
        RealQuiver another = MigrationCluster.shard()) {
      double read = BenchPoints.read(cluster.shards(), PAGE);
      table.row("reading every donor row once", read, "s", "");
      points.create(blank.url());
      List<String> all = new ArrayList<>(cluster.shards());
      all.add(blank.url());
      ShardMap grown = map(all);
      List<String> slice = points.bodies(count, n -> owner(grown, n) == 3, size);
      double write = BenchPoints.write(blank.url(), way, slice);
      double moved = Math.min(count, (double) slice.size() * size);
      table.row("writing the slice once by " + way, write, "s", "");
      table.row("  that is", moved / write, "/s", "");
      points.create(another.url());
      double both = BenchPoints.readAndWrite(cluster.shards(), PAGE, another.url(), way, slice);
      table.row("the limit: reading and writing at once, on these cores", both, "s", "");
      double index = points.search(blank.url());
      table.row("building its index by a search", index, "s", "");
      double scan = BenchPoints.read(all, PAGE);
      table.row("one scan of both sides", scan, "s", "");
      return new Alone(write, both, index, scan);
    }
  }

  private MigrationCluster loaded(BenchPoints points, int count) throws Exception {
    List<RealQuiver> shards = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      shards.add(MigrationCluster.shard());
    }
    MigrationCluster cluster = MigrationCluster.real(folder, shards);
    ShardMap map = map(cluster.shards());
    BenchPoints.sideBySide(
        cluster.shards(),
        shard -> {
          points.create(shard);
          int id = cluster.shards().indexOf(shard);
          for (int from = 0; from < count; from += BULK) {
            int first = from;
            var unused =
                BenchPoints.write(
                    shard,
                    "/points",
                    points.bodies(
                        Math.min(count, from + BULK),
                        n -> n >= first && owner(map, n) == id,
                        1_000));
          }
          double built = points.search(shard);
        });
    return cluster;
  }

  private static ShardMap map(List<String> urls) {
    List<Shard> shards = new ArrayList<>();
    for (String url : urls) {
      shards.add(new Shard(shards.size(), url, List.of()));
    }
    return new ShardMap(0, shards, List.of(), List.of());
  }

  private static long owner(ShardMap map, int number) {
    return RendezvousHash.owner(map, BenchPoints.id(number)).orElseThrow();
  }
}
