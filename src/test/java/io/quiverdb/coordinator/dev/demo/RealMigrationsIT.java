// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Migrations on the published binaries under writers: three shards, one of them with a read
 * replica, two routers, and a new shard. A grow is cancelled, another one goes through though its
 * leader is killed; then, where routers can follow that, a drain is cancelled and another one goes
 * through. Every point is compared byte for byte, and every acknowledged operation with every
 * shard.
 */
@Tag("interop")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class RealMigrationsIT {
  private static final String WAITS =
      "{ request_drain: 2s, data_timeout: 10s, map_staleness: 1s, router_grace: 3s }";
  private static final int POINTS = 500;
  private static final int SLOW = 2_000;
  private static final int REPLICATED = 1;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void pointsMoveByteForByte(QuiverVersion version) throws Exception {
    try (RealCluster cluster = RealCluster.start(version, folder.resolve("ensemble"), WAITS)) {
      cluster.replicate(REPLICATED);
      run(version, cluster);
    }
  }

  private static void run(QuiverVersion version, RealCluster cluster) throws Exception {
    DemoContext demo = cluster.demo();
    MemberCalls calls = demo.calls();
    List<String> urls = cluster.urls();
    List<URI> routers = cluster.routers();
    String spare = cluster.spare().url();
    MixedPoints.load(routers.get(0));
    DevPoints.load(routers.get(0).toString(), POINTS);
    cluster.createBulkLoaded();
    Map<String, String> before = MixedPoints.everything(urls);
    assertEquals(MixedPoints.COUNT, before.size());

    PointWriters writers = new PointWriters(calls, routers, DevPoints.COLLECTION, 3);
    PointWriters others = new PointWriters(calls, routers, RealCluster.BULK_LOADED, 2);
    PointReaders readers = new PointReaders(calls, routers, DevPoints.COLLECTION, POINTS);
    MigrationClient migrations = new MigrationClient(demo);
    try {
      writers.start();
      others.start();
      readers.start();
      move(version, demo, migrations, spare);
      writers.stop();
      others.stop();
      readers.stop();
    } finally {
      writers.abandon();
      others.abandon();
      readers.abandon();
    }
    ShardMap map = migrations.map();
    assertEquals(before, MixedPoints.everything(primaries(map)));
    MixedPoints.assertPlaced(map);
    List<String> missed = owed(readers.missed(), urls);
    judge(migrations.evidence(DevPoints.COLLECTION, writers, missed, POINTS, spare));
    judge(migrations.evidence(RealCluster.BULK_LOADED, others, List.of(), 0, spare));
  }

  private static void move(
      QuiverVersion version, DemoContext demo, MigrationClient migrations, String spare)
      throws Exception {
    long given = begun(demo, migrations, migrations.grow(spare));
    demo.await("the cancel is taken", () -> migrations.cancel(given));
    end(demo, migrations, given, "reverted");
    assertTrue(MixedPoints.absentFrom(spare), "a cancelled grow leaves nothing");

    long grown = begun(demo, migrations, migrations.grow(spare));
    MemberProcess leader = demo.leader();
    double millis = demo.kill(leader);
    demo.say("the leader was killed; another one led after " + (long) millis + " ms");
    demo.bringBack(leader);
    migrations.throttle(grown, 0);
    end(demo, migrations, grown, "done");
    if (version == QuiverVersion.V0_27_0) {
      refusesToDrain(demo, migrations, spare);
      return;
    }
    long kept = begun(demo, migrations, migrations.drain(spare));
    demo.await("the cancel is taken", () -> migrations.cancel(kept));
    end(demo, migrations, kept, "reverted");
    MixedPoints.assertPlaced(migrations.map());

    end(demo, migrations, migrations.drain(spare), "done");
    assertTrue(MixedPoints.absentFrom(spare), "a drained shard is empty");
  }

  /** Routers of that release do not see {@code leaving}. */
  private static void refusesToDrain(DemoContext demo, MigrationClient migrations, String spare)
      throws Exception {
    Shard shard =
        migrations.map().shards().stream()
            .filter(one -> one.primaryUrl().equals(spare))
            .findFirst()
            .orElseThrow();
    demo.await(
        "a drain is refused",
        () ->
            demo.calls()
                    .post(migrations.any(), "/cluster/shards/" + shard.id() + "/drain", "", "")
                    .status()
                == 409);
  }

  /** Slowed down, and in the middle of its copy. */
  private static long begun(DemoContext demo, MigrationClient migrations, long id)
      throws Exception {
    migrations.throttle(id, SLOW);
    demo.await("it copies", LIMIT, () -> migrations.copied(id) > SLOW);
    return id;
  }

  private static void end(DemoContext demo, MigrationClient migrations, long id, String state)
      throws InterruptedException, TimeoutException {
    demo.await("migration " + id + " ends", LIMIT, () -> migrations.ended(id));
    migrations.awaitEnd(id, state);
  }

  /**
   * A router searches a shard's replica in turn with its primary, and a replica's index is behind
   * after every write, with or without migrations: what was asked of that shard proves nothing.
   */
  private static List<String> owed(List<String> missed, List<String> urls) {
    ShardMap before =
        new ShardMap(
            0,
            List.of(
                new Shard(0, urls.get(0), List.of()),
                new Shard(1, urls.get(1), List.of()),
                new Shard(2, urls.get(2), List.of())),
            List.of(),
            List.of());
    return missed.stream()
        .filter(
            text ->
                !text.startsWith("search for ")
                    || RendezvousHash.owner(before, text.split(" ")[2]).orElseThrow() != REPLICATED)
        .toList();
  }

  private static void judge(PointVerdict evidence) {
    for (CheckResult check : evidence.checks()) {
      assertEquals(List.of(), check.wrong(), check.claim());
    }
  }

  private static List<String> primaries(ShardMap map) {
    return map.shards().stream().map(Shard::primaryUrl).toList();
  }
}
