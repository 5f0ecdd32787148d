// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes of the published binary that die (SIGKILL) or stand still (SIGSTOP) while points move
 * onto them or away from them, under eight writers: first while a shard joins, then while it is
 * drained. Afterwards every acknowledged operation is compared with every shard.
 */
@Tag("interop")
class RealShardFaultsIT {
  private static final String WAITS =
      "{ request_drain: 1s, data_timeout: 2s, map_staleness: 500ms, target_unhealthy: 8s }";
  private static final int POINTS = 2_000;
  private static final int GROWS = 3;
  private static final Duration OUTAGE = Duration.ofSeconds(3);

  @TempDir Path folder;

  /** The fault of a shard. */
  enum Fault {
    KILLED,
    STOPPED
  }

  /** Which shard it happens to: the spare one joins and is drained, the first gives and takes. */
  enum Victim {
    SPARE,
    FIRST
  }

  /** One cell of the matrix. */
  record Cell(Fault fault, Victim victim, String phase) {}

  static Stream<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (Victim victim : Victim.values()) {
        for (String phase : List.of("COPYING", "VERIFYING", "DROPPING")) {
          cells.add(new Cell(fault, victim, phase));
        }
      }
    }
    return cells.stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void nothingAcknowledgedIsLost(Cell cell) throws Exception {
    try (RealCluster cluster =
        RealCluster.start(QuiverVersion.V1_1_0, folder.resolve("ensemble"), WAITS)) {
      run(cell, cluster);
    }
  }

  private static void run(Cell cell, RealCluster cluster) throws Exception {
    DemoContext demo = cluster.demo();
    DevPoints.load(cluster.routers().get(0).toString(), POINTS);
    cluster.createBulkLoaded();
    PointWriters writers =
        new PointWriters(demo.calls(), cluster.routers(), DevPoints.COLLECTION, 5);
    PointWriters others =
        new PointWriters(demo.calls(), cluster.routers(), RealCluster.BULK_LOADED, 3);
    MigrationClient migrations = new MigrationClient(demo);
    String spare = cluster.spare().url();
    try {
      writers.start();
      others.start();
      long grown = migrations.grow(spare);
      broken(cell, cluster, migrations, grown);
      String end = migrations.awaitEnd(grown).path("state").asText();
      // A join whose target fails may give up; the shard is as empty then as it was before.
      for (int again = 1; !end.equals("done") && again < GROWS; again++) {
        assertEquals("reverted", end);
        end = migrations.awaitEnd(migrations.grow(spare)).path("state").asText();
      }
      assertEquals("done", end);
      long drained = migrations.drain(spare);
      broken(cell, cluster, migrations, drained);
      migrations.awaitEnd(drained, "done");
      writers.stop();
      others.stop();
    } finally {
      writers.abandon();
      others.abandon();
    }
    judge(cell, migrations.evidence(DevPoints.COLLECTION, writers, List.of(), POINTS, spare));
    judge(cell, migrations.evidence(RealCluster.BULK_LOADED, others, List.of(), 0, spare));
  }

  /**
   * Causes the fault when the migration is in that phase, and repairs it while the migration
   * continues.
   */
  private static void broken(Cell cell, RealCluster cluster, MigrationClient migrations, long id)
      throws Exception {
    DemoContext demo = cluster.demo();
    demo.await(
        "migration " + id + " comes to " + cell.phase(),
        MigrationClient.LIMIT,
        () -> has(migrations.migration(id), cell.phase()));
    demo.say(cell + " in " + migrations.phase(id));
    RealQuiver victim = cell.victim() == Victim.SPARE ? cluster.spare() : cluster.shards().get(0);
    switch (cell.fault()) {
      case KILLED -> {
        victim.kill();
        demo.pause(OUTAGE);
        victim.restart();
      }
      case STOPPED -> {
        Signals.stop(victim.pid());
        demo.pause(OUTAGE);
        Signals.resume(victim.pid());
      }
    }
  }

  private static boolean has(JsonNode migration, String phase) {
    for (JsonNode step : migration.path("steps")) {
      if (step.path("phase").asText().equals(phase)) {
        return true;
      }
    }
    return false;
  }

  /** Requests for a shard that is away fail: that is no fault of the migration. */
  private static void judge(Cell cell, PointVerdict evidence) {
    for (CheckResult check : evidence.checks()) {
      if (!check.claim().startsWith("no write failed")) {
        assertEquals(List.of(), check.wrong(), () -> cell + ": " + check.claim());
      }
    }
  }
}
