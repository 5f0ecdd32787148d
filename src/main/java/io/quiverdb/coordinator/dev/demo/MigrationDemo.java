// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The part about points: they move onto a new shard while clients write, the leader dies in the
 * middle of the copy, they move back, and a migration is cancelled half-way.
 */
final class MigrationDemo {
  private static final int POINTS = 12_000;
  private static final int WRITERS = 6;
  private static final int SLOW = 600;

  private final DemoContext demo;
  private final ShardServer spare;
  private final MigrationClient migrations;
  private final List<URI> routers;

  /**
   * The part about points.
   *
   * @param spare a shard that is not in the map
   */
  MigrationDemo(DemoContext demo, DevRouters routers, ShardServer spare) {
    this.demo = demo;
    this.spare = spare;
    this.migrations = new MigrationClient(demo);
    this.routers = routers.urls().stream().map(URI::create).toList();
  }

  DemoResult run() throws IOException, InterruptedException, ExecutionException, TimeoutException {
    DevPoints.load(routers.get(0).toString(), POINTS);
    ReadBack readBack = new ReadBack(demo.calls(), routers, DevPoints.COLLECTION);
    PointWriters writers =
        new PointWriters(
            demo.calls(), routers, DevPoints.COLLECTION, WRITERS, Optional.of(readBack));
    PointReaders readers = new PointReaders(demo.calls(), routers, DevPoints.COLLECTION, POINTS);
    try (Adoptions adoptions =
        Adoptions.watch(
            demo.calls(), routers, demo.members().stream().map(MemberProcess::http).toList())) {
      return run(writers, readers, readBack, adoptions);
    } finally {
      writers.abandon();
      readers.abandon();
    }
  }

  private DemoResult run(
      PointWriters writers, PointReaders readers, ReadBack readBack, Adoptions adoptions)
      throws InterruptedException, ExecutionException, TimeoutException {
    demo.say(
        POINTS
            + " points are in the cluster. "
            + WRITERS
            + " clients put, overwrite and delete, and read it back, two read and search, through"
            + " all routers.");
    writers.start();
    readers.start();
    demo.await("the clients are at work", () -> writers.acknowledged() > 500);
    List<String> figures = new ArrayList<>();
    List<FlipVerdict.Flip> flips = new ArrayList<>();
    figures.add(growThroughACrash(flips, adoptions));
    figures.add(drainBack(flips, adoptions));
    figures.add(cancelHalfWay());
    writers.stop();
    readers.stop();
    demo.say("The clients have stopped. Comparing the acknowledged writes with every shard.");
    PointVerdict evidence =
        migrations.evidence(DevPoints.COLLECTION, writers, readers.missed(), POINTS, spare.url());
    figures.add(DemoResult.row("acknowledged writes and deletes", writers.acknowledged()));
    FlipVerdict beats =
        new FlipVerdict(routers.size(), flips, readBack.stale(), readBack.unanswered());
    figures.add(DemoResult.row("reads and searches", readers.answered() + readBack.answered()));
    figures.add(latencies(writers.latencies()));
    figures.addAll(beats.figures());
    List<CheckResult> checks = new ArrayList<>(evidence.checks());
    checks.addAll(beats.checks());
    return new DemoResult(figures, checks);
  }

  private String growThroughACrash(List<FlipVerdict.Flip> flips, Adoptions adoptions)
      throws InterruptedException, TimeoutException {
    long begun = System.nanoTime();
    long id = migrations.grow(spare.url());
    migrations.throttle(id, SLOW);
    demo.say(
        "A new shard joins: migration " + id + " copies its slice, slowed down to be watched.");
    demo.await("it has begun to copy", MigrationClient.LIMIT, () -> migrations.copied(id) > SLOW);
    MemberProcess leader = demo.leader();
    double millis = demo.kill(leader);
    long before = migrations.copied(id);
    demo.say(
        String.format(
            Locale.ROOT,
            "Leader %s ended by SIGKILL in the middle of the copy, at %d points; %.0f ms later"
                + " another one leads.",
            leader.id(),
            before,
            millis));
    demo.await(
        "another member resumes the copy",
        MigrationClient.LIMIT,
        () -> migrations.copied(id) > before || !migrations.phase(id).equals("COPYING"));
    demo.say(
        migrations.migration(id).path("runner").asText()
            + " continues from "
            + before
            + " points.");
    demo.bringBack(leader);
    migrations.throttle(id, 0);
    flips.add(migrations.flip("grow", migrations.awaitEnd(id, "done"), adoptions));
    return took("grow, its leader killed while copying", begun);
  }

  private String drainBack(List<FlipVerdict.Flip> flips, Adoptions adoptions)
      throws InterruptedException, TimeoutException {
    long begun = System.nanoTime();
    long id = migrations.drain(spare.url());
    demo.say("Migration " + id + " drains that shard again.");
    flips.add(migrations.flip("drain", migrations.awaitEnd(id, "done"), adoptions));
    return took("drain", begun);
  }

  private String cancelHalfWay() throws InterruptedException, TimeoutException {
    long begun = System.nanoTime();
    long id = migrations.grow(spare.url());
    migrations.throttle(id, SLOW);
    demo.await("it has begun to copy", MigrationClient.LIMIT, () -> migrations.copied(id) > SLOW);
    demo.say("Migration " + id + " grows once more and is cancelled half-way.");
    demo.await("the cancel is taken", () -> migrations.cancel(id));
    migrations.awaitEnd(id, "reverted");
    return took("grow, cancelled half-way", begun);
  }

  private static String took(String what, long begun) {
    return DemoResult.row(what + ", s", (System.nanoTime() - begun) / 1_000_000_000);
  }

  private static String latencies(List<Long> sorted) {
    return String.format(
        Locale.ROOT,
        "%-36s %6.1f / %.1f / %.1f ms (p50, p99, longest)",
        "a client's write meanwhile",
        sorted.get(sorted.size() / 2) / 1e6,
        sorted.get((int) (sorted.size() * 0.99)) / 1e6,
        sorted.get(sorted.size() - 1) / 1e6);
  }
}
