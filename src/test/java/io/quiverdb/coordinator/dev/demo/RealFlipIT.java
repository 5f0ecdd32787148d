// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four routers of a published release adopt a flip in one beat, while six clients write points and
 * read them back through any of the routers. Routers of 0.27.0 cannot follow a drain.
 */
@Tag("interop")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealFlipIT {
  private static final String WAITS =
      "{ request_drain: 2s, data_timeout: 10s, map_staleness: 2s, router_grace: 3s }";
  private static final int ROUTERS = 4;
  private static final int WRITERS = 6;
  private static final int POINTS = 1_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void routersAdoptAFlipInOneBeat(QuiverVersion version) throws Exception {
    try (RealCluster cluster =
        RealCluster.start(version, ROUTERS, folder.resolve("ensemble"), WAITS)) {
      flip(version, cluster);
    }
  }

  /** A relay holds a poll for as long as its member does. */
  @Test
  void throughRelaysToo() throws Exception {
    QuiverVersion version = QuiverVersion.V1_1_0;
    try (RealCluster cluster =
        RealCluster.startBehindRelays(version, ROUTERS, folder.resolve("ensemble"), WAITS)) {
      flip(version, cluster);
    }
  }

  private static void flip(QuiverVersion version, RealCluster cluster) throws Exception {
    try (Adoptions adoptions =
        Adoptions.watch(
            cluster.demo().calls(),
            cluster.routers(),
            cluster.demo().members().stream().map(MemberProcess::http).toList())) {
      judge(run(version, cluster, adoptions));
    }
  }

  private static FlipVerdict run(QuiverVersion version, RealCluster cluster, Adoptions adoptions)
      throws Exception {
    DemoContext demo = cluster.demo();
    List<URI> routers = cluster.routers();
    String spare = cluster.spare().url();
    DevPoints.load(routers.get(0).toString(), POINTS);
    ReadBack readBack = new ReadBack(demo.calls(), routers, DevPoints.COLLECTION);
    PointWriters writers =
        new PointWriters(
            demo.calls(), routers, DevPoints.COLLECTION, WRITERS, Optional.of(readBack));
    MigrationClient migrations = new MigrationClient(demo);
    List<FlipVerdict.Flip> flips = new ArrayList<>();
    try {
      writers.start();
      flips.add(
          migrations.flip("grow", migrations.awaitEnd(migrations.grow(spare), "done"), adoptions));
      if (version != QuiverVersion.V0_27_0) {
        flips.add(
            migrations.flip(
                "drain", migrations.awaitEnd(migrations.drain(spare), "done"), adoptions));
      }
      writers.stop();
    } finally {
      writers.abandon();
    }
    assertEquals(List.of(), writers.failures());
    demo.say(
        version.text()
            + ": "
            + writers.acknowledged()
            + " acknowledged changes, "
            + readBack.answered()
            + " reads");
    return new FlipVerdict(ROUTERS, flips, readBack.stale(), readBack.unanswered());
  }

  private static void judge(FlipVerdict evidence) {
    evidence.figures().forEach(System.out::println);
    for (FlipVerdict.Flip flip : evidence.flips()) {
      assertTrue(flip.undisturbed(), flip.name() + ": a member failed; nothing can be said of it");
    }
    for (CheckResult check : evidence.checks()) {
      assertEquals(List.of(), check.wrong(), check.claim());
    }
    assertEquals(List.of(), evidence.stale());
  }
}
