// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.DevCluster;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.process.BuiltJar;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Migrations between processes under eight writers, with one fault in each phase: afterwards every
 * acknowledged operation is compared with every shard. A few cells of the matrix run with all
 * tests, the whole of it by {@code make chaos}.
 */
class MigrationFaultIT {
  static final String SHORT_WAITS =
      "{ request_drain: 300ms, data_timeout: 1s, map_staleness: 500ms, target_unhealthy: 3s }";
  private static final int POINTS = 2_000;
  private static final int WRITERS = 8;

  private static final Set<Fault> SHARD_FAULTS =
      EnumSet.range(Fault.TARGET_DOWN, Fault.DONOR_STOPPED);

  @TempDir Path folder;

  /** The operation on a migration. */
  enum Course {
    GROW,
    DRAIN,
    CANCELLED_GROW,
    CANCELLED_DRAIN
  }

  /** The fault. */
  enum Fault {
    NONE,
    LEADER_KILLED,
    LEADER_STOPPED,
    TARGET_DOWN,
    TARGET_STOPPED,
    DONOR_DOWN,
    DONOR_STOPPED
  }

  /** One cell of the matrix. */
  record Cell(Course course, Fault fault, String phase) {}

  static Stream<Cell> someCells() {
    return Stream.of(
        new Cell(Course.GROW, Fault.LEADER_KILLED, "COPYING"),
        new Cell(Course.DRAIN, Fault.LEADER_KILLED, "DROPPING"),
        new Cell(Course.CANCELLED_GROW, Fault.LEADER_STOPPED, "VERIFYING"));
  }

  static Stream<Cell> allCells() {
    List<Cell> cells = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (String phase :
          List.of(
              "ADOPTING", "COPYING", "VERIFYING", "WARMING", "SETTLING", "DROPPING", "COOLING")) {
        cells.add(new Cell(Course.GROW, fault, phase));
        cells.add(new Cell(Course.DRAIN, fault, phase));
      }
      for (String phase : List.of("COPYING", "VERIFYING", "REVERTING")) {
        cells.add(new Cell(Course.CANCELLED_GROW, fault, phase));
        cells.add(new Cell(Course.CANCELLED_DRAIN, fault, phase));
      }
    }
    return cells.stream();
  }

  @ParameterizedTest
  @MethodSource("someCells")
  void nothingIsLostInSomeCells(Cell cell) throws Exception {
    run(cell);
  }

  @Tag("chaos")
  @ParameterizedTest
  @MethodSource("allCells")
  void nothingIsLostInAnyCell(Cell cell) throws Exception {
    run(cell);
  }

  @Tag("chaos")
  @ParameterizedTest
  @EnumSource(Course.class)
  void aMigrationOnAHealthyClusterFailsNoWrite(Course course) throws Exception {
    run(new Cell(course, Fault.NONE, "COPYING"));
  }

  private void run(Cell cell) throws Exception {
    DevCluster.Size size =
        new DevCluster.Size(3, 3, 2, 0, Optional.of(folder.resolve("cluster")), SHORT_WAITS);
    // As they are shipped: members start in about half the time with the class archive.
    List<String> members = BuiltJar.arguments(BuiltJar.UNOPTIMIZED);
    try (DevCluster cluster = DevCluster.start(size, members);
        RestartableShard spare = new RestartableShard();
        MemberCalls calls = new MemberCalls()) {
      DemoContext demo = new DemoContext(cluster.ensemble(), calls, System.out);
      for (MemberProcess member : demo.members()) {
        demo.await("member " + member.id() + " is ready", () -> demo.ready(member));
      }
      DevPoints.load(cluster.routers().urls().get(0), POINTS);
      List<URI> routers = cluster.routers().urls().stream().map(URI::create).toList();
      PointWriters writers = new PointWriters(calls, routers, DevPoints.COLLECTION, WRITERS);
      PointReaders readers = new PointReaders(calls, routers, DevPoints.COLLECTION, POINTS);
      try {
        writers.start();
        readers.start();
        run(cell, demo, cluster, spare);
        writers.stop();
        readers.stop();
      } finally {
        writers.abandon();
        readers.abandon();
      }
      judge(
          cell,
          new MigrationClient(demo)
              .evidence(
                  DevPoints.COLLECTION, writers, readers.missed(), POINTS, spare.server().url()));
    }
  }

  private static void judge(Cell cell, PointVerdict evidence) {
    boolean shardDown = SHARD_FAULTS.contains(cell.fault());
    List<String> broken = new ArrayList<>();
    for (CheckResult check : evidence.checks()) {
      // While a shard is down, requests for it fail: that is no fault of the migration.
      boolean excused =
          shardDown
              && (check.claim().startsWith("no write failed")
                  || check.claim().startsWith("no read or search missed"));
      if (!check.holds() && !excused) {
        broken.add(
            check.claim()
                + ": "
                + check.wrong().size()
                + " times, such as "
                + check.wrong().subList(0, Math.min(3, check.wrong().size())));
      }
    }
    assertEquals(List.of(), broken, cell::toString);
  }

  private static void run(Cell cell, DemoContext demo, DevCluster cluster, RestartableShard spare)
      throws Exception {
    MigrationClient migrations = new MigrationClient(demo);
    boolean drains = cell.course() == Course.DRAIN || cell.course() == Course.CANCELLED_DRAIN;
    if (drains) {
      migrations.awaitEnd(migrations.grow(spare.server().url()), "done");
    }
    long id =
        drains ? migrations.drain(spare.server().url()) : migrations.grow(spare.server().url());
    boolean cancelled =
        cell.course() == Course.CANCELLED_GROW || cell.course() == Course.CANCELLED_DRAIN;
    if (cancelled) {
      migrations.throttle(id, 200);
      String cancelIn = cell.phase().equals("REVERTING") ? "COPYING" : cell.phase();
      awaitPhase(demo, migrations, id, cancelIn);
      boolean taken = migrations.cancel(id);
      inject(cell, demo, migrations, id, cluster, spare);
      migrations.awaitEnd(id, taken || migrations.cancel(id) ? "reverted" : "done");
      return;
    }
    awaitPhase(demo, migrations, id, cell.phase());
    inject(cell, demo, migrations, id, cluster, spare);
    migrations.awaitEnd(id);
  }

  /** Waits until it is in the phase, or past it: some are over in a moment. */
  private static void awaitPhase(
      DemoContext demo, MigrationClient migrations, long id, String phase) throws Exception {
    demo.await(
        "migration " + id + " comes to " + phase,
        MigrationClient.LIMIT,
        () -> {
          boolean[] reached = {false};
          migrations
              .migration(id)
              .path("steps")
              .forEach(s -> reached[0] |= s.path("phase").asText().equals(phase));
          return reached[0] || migrations.ended(id);
        });
  }

  private static void inject(
      Cell cell,
      DemoContext demo,
      MigrationClient migrations,
      long id,
      DevCluster cluster,
      RestartableShard spare)
      throws Exception {
    switch (cell.fault()) {
      case NONE -> assertTrue(id > 0);
      case LEADER_KILLED -> {
        MemberProcess leader = demo.leader();
        double unused = demo.kill(leader);
        demo.bringBack(leader);
      }
      case LEADER_STOPPED -> {
        MemberProcess leader = demo.leader();
        Signals.stop(leader.pid().orElseThrow());
        // Long enough for another one to lead, and for its first steps.
        demo.await("another member leads", () -> otherLeads(demo, leader));
        demo.pause(Duration.ofSeconds(3));
        Signals.resume(leader.pid().orElseThrow());
      }
      case TARGET_DOWN -> {
        spare.stop();
        demo.pause(Duration.ofSeconds(2));
        spare.start();
      }
      case TARGET_STOPPED -> stop(demo, spare.server().core());
      case DONOR_STOPPED -> stop(demo, cluster.shards().servers().get(0).core());
      case DONOR_DOWN -> {
        RestartableShard donor = RestartableShard.of(cluster.shards().servers().get(0));
        donor.stop();
        demo.pause(Duration.ofSeconds(2));
        donor.start();
      }
    }
  }

  /** Like SIGSTOP: it accepts requests, and executes them when nobody waits any more. */
  private static void stop(DemoContext demo, ShardCore shard) throws InterruptedException {
    synchronized (shard) {
      demo.pause(Duration.ofSeconds(3));
    }
  }

  private static boolean otherLeads(DemoContext demo, MemberProcess stopped) {
    return demo.members().stream().filter(m -> m != stopped).anyMatch(demo::leads);
  }

  /** A shard that keeps its points while nobody listens at its port. */
  private static final class RestartableShard implements AutoCloseable {
    private final int port;
    private ShardServer server;

    RestartableShard() throws IOException {
      this(
          ShardServer.start(
              FreePorts.take(1).get(0), ShardCore.of(QuiverVersion.V1_1_0), List.of()));
    }

    private RestartableShard(ShardServer server) {
      this.port = URI.create(server.url()).getPort();
      this.server = server;
    }

    static RestartableShard of(ShardServer server) {
      return new RestartableShard(server);
    }

    ShardServer server() {
      return server;
    }

    void stop() {
      server.close();
    }

    void start() throws IOException {
      server = ShardServer.start(port, server.core(), List.of());
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
