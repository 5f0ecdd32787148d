// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that is full, in use, or another member's: the node ends, the others go on. */
@Tag("realtime")
class FolderIT {
  @TempDir Path folder;

  /** A limit on the size of its files stands for a disk that is full. */
  @Test
  void aMemberWhoseDiskIsFullEndsAndItsLogIsIntact() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess full = ensemble.others(leader).get(0);
      limitFiles(full, 100_000);
      assertTrue(new Load(32).allocate(leader.http(), 1_500) >= 1_500);
      assertEquals(Optional.of(1), full.awaitExit(30), ensemble.output(full.id()));
      String said = Ensemble.lastLines(ensemble.output(full.id()));
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
      assertTrue(Ensemble.lastLines(ensemble.output(victim.id())).contains(moved.id()));
    }
  }
}
