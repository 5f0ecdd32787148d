// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One ensemble with a long log. A follower that missed most of it comes back by snapshot. Where
 * storage is damaged or gone the node refuses, the others go on, and it comes back as the message
 * advises.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("realtime")
class LongLogIT {
  /** Entries between two snapshots; members are shipped so. */
  private static final int MANY = 10_000;

  /** Such entries fill a log file of 4 MiB within the first few thousand. */
  private static final String LONG_URL = "http://127.0.0.1:3/" + "x".repeat(2_000);

  /** Of more at once more share an entry. */
  private static final int CONNECTIONS = 6;

  @TempDir static Path folder;

  private static Ensemble ensemble;

  @BeforeAll
  static void start() throws Exception {
    ensemble = Ensemble.started(folder);
  }

  @AfterAll
  static void end() {
    if (ensemble != null) {
      ensemble.close();
    }
  }

  /** The first: what the others damage comes of it, a snapshot and a log on every member. */
  @Test
  @Order(1)
  void aFollowerThatMissedTenThousandEntriesComesBackBySnapshot() throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    Rest.Answer keyed =
        ensemble.rest.post(leader.http(), "/cluster/ids", "", "Idempotency-Key", "before");
    assertTrue(ensemble.add(leader.http(), LONG_URL));
    MemberProcess late = ensemble.others(leader).get(0);
    long missedFrom = ensemble.appliedIndex(late.http());
    late.kill();
    Load load = new Load(CONNECTIONS);
    assertTrue(load.refuse(leader.http(), LONG_URL, MANY) >= MANY);
    // How many share an entry, and so when the first entry may go, depends on the load.
    for (int more = 0; more < 20 && !purgedBeyond(missedFrom, leader, ensemble); more++) {
      assertTrue(load.refuse(leader.http(), LONG_URL, MANY / 10) > 0);
    }
    assertTrue(load.allocate(leader.http(), 100) >= 100);
    late.start();
    ensemble.awaitReady(late);
    long applied = ensemble.appliedIndex(leader.http());
    await().atMost(Ensemble.PATIENCE).until(() -> ensemble.appliedIndex(late.http()) >= applied);
    assertTrue(
        purgedBeyond(missedFrom, leader, ensemble),
        "the leader's log still reaches back to " + missedFrom + ": no snapshot was needed");
    Rest.Answer again =
        ensemble.rest.post(late.http(), "/cluster/ids", "", "Idempotency-Key", "before");
    assertEquals(keyed.json(), again.json());
    assertEquals(ensemble.map(leader), ensemble.map(late));
    assertTrue(size(ensemble.data(late.id())) <= 64L << 20);
    assertTrue(size(ensemble.data(leader.id())) <= 64L << 20);
  }

  @Test
  void aFlippedByteInTheLogIsRefused() throws Exception {
    refusedAfter(data -> flip(newest(data, "log_(inprogress_)?\\d+.*"), 0.3), "log");
  }

  @Test
  void aFlippedByteInTheSnapshotIsRefused() throws Exception {
    refusedAfter(data -> flip(newest(data, "snapshot\\.\\d+_\\d+"), 0.5), "snapshot");
  }

  @Test
  void aVanishedLogIsRefused() throws Exception {
    refusedAfter(data -> ReturningMemberIT.wipe(data.resolve("raft")), "raft");
  }

  private static void refusedAfter(Damage damage, String named) throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    MemberProcess hurt = ensemble.others(leader).get(0);
    // Something that only the log has.
    assertTrue(new Load(32).allocate(leader.http(), 500) >= 500);
    hurt.kill();
    damage.to(ensemble.data(hurt.id()));
    int before = ensemble.output(hurt.id()).length();
    hurt.start();
    assertEquals(Optional.of(3), hurt.awaitExit(20), ensemble.output(hurt.id()));
    String said = Ensemble.lastLines(ensemble.output(hurt.id()).substring(before));
    assertTrue(said.contains(named), said);
    assertTrue(said.contains(hurt.id()), said);
    assertEquals(200, ensemble.rest.post(leader.http(), "/cluster/ids", "").status());
    // What the message advises: take the folder away and let the member come back empty.
    ReturningMemberIT.wipe(ensemble.data(hurt.id()));
    hurt.start();
    ensemble.awaitReady(hurt);
  }

  @Test
  void aTornTailOfTheLogIsCutOff() throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    MemberProcess torn = ensemble.others(leader).get(0);
    assertTrue(new Load(32).allocate(leader.http(), 500) >= 500);
    torn.kill();
    Path log = newest(ensemble.data(torn.id()), "log_inprogress_\\d+");
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(lastNonZero(log) - 10);
    }
    torn.start();
    ensemble.awaitReady(torn);
    assertEquals(200, ensemble.rest.post(torn.http(), "/cluster/ids", "").status());
  }

  private interface Damage {
    void to(Path data) throws IOException;
  }

  private static void flip(Path file, double where) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = (int) (lastNonZero(file) * where);
    bytes[at] ^= 0x10;
    Files.write(file, bytes);
  }

  private static long lastNonZero(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    assertFalse(end == 0, file + " is empty");
    return end;
  }

  private static Path newest(Path data, String name) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new AssertionError("no " + name + " below " + data));
    }
  }

  private static boolean purgedBeyond(long index, MemberProcess member, Ensemble ensemble)
      throws IOException {
    return firstLogIndex(ensemble.data(member.id())) > index + 1;
  }

  private static long firstLogIndex(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("log_(inprogress_)?\\d+(-\\d+)?"))
          .mapToLong(
              name -> Long.parseLong(name.replaceFirst("log_(inprogress_)?", "").split("-")[0]))
          .min()
          .orElseThrow();
    }
  }

  private static long size(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
