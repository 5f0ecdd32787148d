// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The remains of a snapshot whose transfer was interrupted by a kill or a power cut. */
@Tag("realtime")
class InstallationTest {
  @TempDir Path group;
  private Path sm;

  @BeforeEach
  void name() {
    sm = group.resolve("sm");
  }

  private Path write(String name) throws Exception {
    Path file = group.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "content of " + file.getFileName());
  }

  @Test
  void whatWasReceivedStandsAmongTheOlderOnesBeforeTheyAreReplaced() throws Exception {
    write("sm/snapshot.1_100");
    write("sm/snapshot.1_100.md5");
    write("tmp/snapshot-x/snapshot.1_200");
    write("tmp/snapshot-x/snapshot.1_200.md5");
    write("tmp/snapshot-given-up/snapshot.1_150");
    Installation.keepReceived(sm);
    Installation.keepReceived(sm); // as after a replacement that failed
    assertEquals(200, SnapshotFiles.newestIndex(sm));
    assertTrue(Files.exists(sm.resolve("snapshot.1_200.md5")));
    assertFalse(Files.exists(sm.resolve("snapshot.1_150")), "it is a part only");
    assertEquals("content of snapshot.1_200", Files.readString(sm.resolve("snapshot.1_200")));
  }

  /** A snapshot without a checksum would be the newest one of the next start, and damaged. */
  @Test
  void theChecksumIsThereBeforeItsSnapshot() throws Exception {
    write("sm/snapshot.1_100");
    write("sm/snapshot.1_100.md5");
    write("tmp/snapshot-x/snapshot.1_200");
    write("tmp/snapshot-x/snapshot.1_200.md5");
    List<String> linked = new ArrayList<>();
    Installation.Linking untilThePowerGoes =
        (place, file) -> {
          if (linked.size() == 1) {
            throw new IllegalStateException("the power goes");
          }
          Files.createLink(place, file);
          linked.add(String.valueOf(place.getFileName()));
        };
    assertThrows(
        IllegalStateException.class, () -> Installation.keepReceived(sm, untilThePowerGoes));
    assertEquals(List.of("snapshot.1_200.md5"), linked);
    Installation.tidy(group, sm);
    assertEquals(100, SnapshotFiles.newestIndex(sm));
    assertFalse(Files.exists(sm.resolve("snapshot.1_200")));
  }

  @Test
  void oneWithoutAChecksumReachesNowhere() throws Exception {
    write("sm/snapshot.1_100");
    write("sm/snapshot.1_100.md5");
    write("sm/snapshot.1_200");
    assertEquals(100, SnapshotFiles.newestIndex(sm));
  }

  @Test
  void aFileSystemWithoutHardLinksHoldsACopy() throws Exception {
    for (Exception refusal :
        List.of(
            new UnsupportedOperationException(),
            new FileSystemException("x", "y", "Operation not permitted"))) {
      write("sm/snapshot.1_100");
      write("tmp/snapshot-x/snapshot.1_200");
      write("tmp/snapshot-x/snapshot.1_200.md5");
      Installation.keepReceived(
          sm,
          (place, file) -> {
            if (refusal instanceof IOException e) {
              throw e;
            }
            throw (RuntimeException) refusal;
          });
      assertEquals(200, SnapshotFiles.newestIndex(sm), refusal::toString);
      assertEquals("content of snapshot.1_200", Files.readString(sm.resolve("snapshot.1_200")));
      Folders.delete(sm);
    }
  }

  /** Ratis calls again and again otherwise, and the operator reads nothing of it. */
  @Test
  void whateverKeepsASnapshotFromTheDiskEndsTheMember() {
    List<String> failures = new ArrayList<>();
    ReplicatedStateMachine machine =
        new ReplicatedStateMachine(
            EntryCodec.current(),
            new SnapshotFiles(SnapshotCodec.current()), // never opened: a fault of this program
            new StatePublisher(Runnable::run),
            new PendingCommands(1),
            (cause, message) -> failures.add(cause + ": " + message),
            new ReplicatedStateMachine.Events() {
              @Override
              public void storageFormatted() {}

              @Override
              public void leadershipMoved() {}
            });
    assertThrows(IllegalStateException.class, machine::pause);
    assertEquals(1, failures.size());
    assertTrue(failures.get(0).contains("cannot be written to disk"), failures.get(0));
  }

  /** Killed between the two renames: neither the old ones nor the new one are where they belong. */
  @Test
  void halfAReplacementIsUndone() throws Exception {
    write("sm.tmp20260101/snapshot.1_200");
    write("sm.tmp20260101/snapshot.1_200.md5");
    write("tmp/snapshot-x/snapshot.1_200");
    Installation.tidy(group, sm);
    assertEquals(200, SnapshotFiles.newestIndex(sm));
    assertFalse(Files.exists(group.resolve("sm.tmp20260101")));
  }

  @Test
  void whatWasGivenUpIsTakenAway() throws Exception {
    write("sm/snapshot.1_200");
    write("sm/snapshot.1_200.md5");
    write("sm/snapshot.1_300.tmp");
    write("sm.tmp20260101/snapshot.1_100");
    write("tmp/snapshot-x/snapshot.1_300");
    Installation.tidy(group, sm);
    assertEquals(200, SnapshotFiles.newestIndex(sm));
    assertFalse(Files.exists(group.resolve("sm.tmp20260101")));
    assertFalse(Files.exists(sm.resolve("snapshot.1_300.tmp")));
    assertFalse(Files.exists(group.resolve("tmp/snapshot-x")));
  }

  @Test
  void whileItRunsOnlyWhatNobodyWritesToIsTakenAway() throws Exception {
    Path old = write("tmp/snapshot-old/snapshot.1_300");
    Path now = write("tmp/snapshot-now/snapshot.1_300");
    FileTime longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(old, longAgo);
    Files.setLastModifiedTime(old.getParent(), longAgo);
    Installation.sweep(sm, FileTime.from(Instant.parse("2021-01-01T00:00:00Z")));
    assertFalse(Files.exists(old.getParent()));
    assertTrue(Files.exists(now));
  }
}
