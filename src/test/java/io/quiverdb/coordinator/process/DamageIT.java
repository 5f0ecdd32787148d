package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.MemberProcess;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Storage that is damaged or gone: the node refuses, the others go on, and it comes back as the
 * message advises. One ensemble for all of it.
 */
class DamageIT {
  @TempDir static Path folder;

  private static Ensemble ensemble;

  @BeforeAll
  static void start() throws Exception {
    ensemble = Ensemble.started(folder);
    // A snapshot comes by the number of entries; on few connections nearly every id has its own.
    assertTrue(new Load(3).allocate(ensemble.awaitLeader().http(), 9_000) >= 9_000);
  }

  @AfterAll
  static void end() {
    if (ensemble != null) {
      ensemble.close();
    }
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
}
