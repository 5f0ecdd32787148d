package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.quiverdb.coordinator.dev.MemberProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage that is damaged, foreign, gone or in use: the node refuses, the others go on. */
class DamageIT {
  @TempDir Path folder;

  @Test
  void aFlippedByteInTheLogIsRefused() throws Exception {
    refusedAfter(32, 1_000, data -> flip(newest(data, "log_(inprogress_)?\\d+.*"), 0.3), "log");
  }

  @Test
  void aFlippedByteInTheSnapshotIsRefused() throws Exception {
    // A snapshot comes by the number of entries; on few connections nearly every id has its own.
    refusedAfter(3, 9_000, data -> flip(newest(data, "snapshot\\.\\d+_\\d+"), 0.5), "snapshot");
  }

  @Test
  void aVanishedLogIsRefused() throws Exception {
    refusedAfter(1, 10, data -> ReturningMemberIT.wipe(data.resolve("raft")), "raft");
  }

  private void refusedAfter(int connections, int ids, Damage damage, String named)
      throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess hurt = ensemble.others(leader).get(0);
      assertTrue(new Load(connections).allocate(leader.http(), ids) >= ids);
      hurt.kill();
      damage.to(ensemble.data(hurt.id()));
      hurt.start();
      assertEquals(Optional.of(3), hurt.awaitExit(20), ensemble.output(hurt.id()));
      String said = lastLines(ensemble.output(hurt.id()));
      assertTrue(said.contains(named), said);
      assertTrue(said.contains(hurt.id()), said);
      assertEquals(200, ensemble.rest.post(leader.http(), "/cluster/ids", "").status());
      // What the message advises: take the folder away and let the member come back empty.
      ReturningMemberIT.wipe(ensemble.data(hurt.id()));
      hurt.start();
      ensemble.awaitReady(hurt);
    }
  }

  @Test
  void aTornTailOfTheLogIsCutOff() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
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
  }

  /** A limit on the size of its files stands for a disk that is full. */
  @Test
  void aMemberWhoseDiskIsFullEndsAndItsLogIsIntact() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess full = ensemble.others(leader).get(0);
      limitFiles(full, 300_000);
      assertTrue(new Load(32).allocate(leader.http(), 3_000) >= 3_000);
      assertEquals(Optional.of(1), full.awaitExit(30), ensemble.output(full.id()));
      String said = lastLines(ensemble.output(full.id()));
      assertTrue(said.contains("The log cannot be written"), said);
      assertTrue(said.contains("Free space on the disk"), said);
      full.start();
      ensemble.awaitReady(full);
      assertEquals(200, ensemble.rest.post(full.http(), "/cluster/ids", "").status());
    }
  }

  private static void limitFiles(MemberProcess member, long bytes) throws Exception {
    try {
      Process limiting =
          new ProcessBuilder(
                  "prlimit", "--pid", member.pid().orElseThrow().toString(), "--fsize=" + bytes)
              .inheritIO()
              .start();
      assertEquals(0, limiting.waitFor());
    } catch (IOException e) {
      abort("this machine has no prlimit: " + e.getMessage());
    }
  }

  @Test
  void aForeignFolderAndAFolderInUseAreRefused() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      Path other = Files.createDirectory(folder.resolve("second"));
      try (Ensemble second = Ensemble.prepared(other, 1, "")) {
        Files.createSymbolicLink(second.data("c1"), ensemble.data("c1").toAbsolutePath());
        second.member("c1").start();
        assertEquals(Optional.of(1), second.member("c1").awaitExit(20), second.output("c1"));
        assertTrue(second.output("c1").contains("in use"), second.output("c1"));
      }
      assertEquals(200, ensemble.rest.post(leader.http(), "/cluster/ids", "").status());
      MemberProcess moved = ensemble.others(leader).get(0);
      MemberProcess victim = ensemble.others(leader).get(1);
      moved.kill();
      victim.kill();
      ReturningMemberIT.wipe(ensemble.data(victim.id()));
      Files.createSymbolicLink(
          ensemble.data(victim.id()), ensemble.data(moved.id()).toAbsolutePath());
      victim.start();
      assertEquals(Optional.of(3), victim.awaitExit(20), ensemble.output(victim.id()));
      assertTrue(lastLines(ensemble.output(victim.id())).contains(moved.id()));
    }
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

  private static String lastLines(String text) {
    return text.substring(Math.max(0, text.length() - 2_000));
  }
}
