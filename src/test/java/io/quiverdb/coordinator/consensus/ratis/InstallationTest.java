package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a snapshot that was being received when the process or the power went. */
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

  /** Killed between the two renames: neither the old ones nor the new one are where they belong. */
  @Test
  void halfAReplacementIsUndone() throws Exception {
    write("sm.tmp20260101/snapshot.1_200");
    write("tmp/snapshot-x/snapshot.1_200");
    Installation.tidy(group, sm);
    assertEquals(200, SnapshotFiles.newestIndex(sm));
    assertFalse(Files.exists(group.resolve("sm.tmp20260101")));
  }

  @Test
  void whatWasGivenUpIsTakenAway() throws Exception {
    write("sm/snapshot.1_200");
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
