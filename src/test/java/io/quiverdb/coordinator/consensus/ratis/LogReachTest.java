// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member knows how far its log had come, even if a snapshot has replaced most of it. */
@Timeout(120)
@Tag("realtime")
class LogReachTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;
  private String follower;

  @BeforeEach
  void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3).snapshotEvery(100).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.load(300);
    follower = ensemble.followers().get(0);
    ensemble.awaitCaughtUp(follower);
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  private List<Path> log() throws IOException {
    try (Stream<Path> files = Files.walk(ensemble.dataDir(follower))) {
      return files.filter(f -> f.getFileName().toString().startsWith("log_")).sorted().toList();
    }
  }

  private Path group() throws IOException {
    return log().get(0).getParent().getParent();
  }

  private long reached() throws IOException {
    Path file = ensemble.dataDir(follower).resolve("identity.json");
    return Identity.parse(Files.readAllBytes(file)).reached();
  }

  private void awaitReach(long index) {
    await().atMost(TestEnsemble.PATIENCE).until(() -> reached() >= index);
  }

  private String refused() throws InterruptedException {
    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    ensemble.kill(follower);
    assertEquals(Cause.STORAGE, refused.exit(), refused::advice);
    return refused.advice();
  }

  @Test
  void aLogThatVanishedBesideItsSnapshotIsRefused() throws Exception {
    awaitReach(ensemble.report(follower).appliedIndex());
    ensemble.kill(follower);
    long snapshot = SnapshotFiles.newestIndex(group().resolve("sm"));
    assertTrue(snapshot > 0 && snapshot < reached(), "the test needs entries behind a snapshot");
    for (Path file : log()) {
      Files.delete(file);
    }
    String advice = refused();
    assertTrue(advice.contains("it ends with entry " + snapshot + ","), advice);
    assertTrue(advice.contains("entry " + reached() + " was on this disk"), advice);
    assertTrue(advice.contains("answered and hold the data of this ensemble"), advice);
    ensemble.submit(new Command.AllocateId());
  }

  @Test
  void aLogThatWasCutIsRefused() throws Exception {
    ensemble.stop(follower);
    Path last = log().get(log().size() - 1);
    LogFiles.Segment segment = LogFiles.in(last.getParent()).get(log().size() - 1);
    long end = LogFiles.read(segment, entry -> {});
    long reached = reached();
    assertTrue(reached > end - 5, "it ended in good order, and has noted what was committed");
    long length = Files.size(last);
    while (end >= reached) {
      length -= 20;
      try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
        file.setLength(length);
      }
      end = LogFiles.read(segment, entry -> {});
    }
    String advice = refused();
    assertTrue(advice.contains("it ends with entry " + end + ","), advice);
  }

  @Test
  void nobodyIsToldToEmptyADirectoryThatMayBeTheOnlyCopy() throws Exception {
    awaitReach(ensemble.report(follower).appliedIndex());
    // Not stopped in good order: that takes a snapshot, and then the log holds nothing that counts.
    ensemble.ids().forEach(ensemble::kill);
    for (Path file : log()) {
      Files.delete(file);
    }
    String advice = refused();
    assertTrue(advice.contains("Do not empty this directory"), advice);
    assertTrue(advice.contains("does not answer"), advice);
    assertTrue(advice.contains("recover " + ensemble.dataDir(follower)), advice);
    assertFalse(advice.contains("so this copy is not needed"), advice);
  }

  @Test
  void whoCrashesUnderLoadIsNeverRefused() throws Exception {
    for (int round = 0; round < 4; round++) {
      follower = ensemble.followers().get(0);
      RatisEnsemble leader = ensemble.member(ensemble.leader());
      for (int i = 0; i < 40; i++) {
        var unused = leader.commandLog().submit(TestEnsemble.proposal(new Command.AllocateId()));
      }
      ensemble.kill(follower);
      ensemble.start(follower);
    }
    ensemble.awaitCaughtUp(follower);
    ensemble.assertSameState();
  }

  @Test
  void whoIsIdleWritesNothing() throws Exception {
    awaitReach(ensemble.member(ensemble.leader()).leadership().current().commitIndex());
    Path file = ensemble.dataDir(follower).resolve("identity.json");
    Object before = Files.readAttributes(file, "unix:ino").get("ino");
    await()
        .during(java.time.Duration.ofSeconds(3))
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> Files.readAttributes(file, "unix:ino").get("ino").equals(before));
  }
}
