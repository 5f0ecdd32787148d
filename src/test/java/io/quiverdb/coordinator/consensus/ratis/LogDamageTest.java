// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Format;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Leadership;
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

/** What is wrong on one member's disk, or in one member's program, stays there. */
@Timeout(90)
@Tag("realtime")
class LogDamageTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;
  private String follower;

  @BeforeEach
  void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.load(100);
    follower = ensemble.followers().get(0);
    ensemble.awaitCaughtUp(follower);
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  private Path file(String pattern) throws IOException {
    return files(pattern).stream().findFirst().orElseThrow();
  }

  private List<Path> files(String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(ensemble.dataDir(follower))) {
      return files.filter(f -> f.getFileName().toString().matches(pattern)).toList();
    }
  }

  private StorageException refused() throws InterruptedException {
    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    ensemble.kill(follower);
    return refused;
  }

  private long reached() throws IOException {
    return Identity.parse(Files.readAllBytes(file("identity.json"))).reached();
  }

  private void othersGoOn() {
    ensemble.submit(new Command.AllocateId());
  }

  @Test
  void aFlippedByteInTheLogIsRefused() throws Exception {
    ensemble.kill(follower);
    Path log = file("log_inprogress_\\d+");
    byte[] bytes = Files.readAllBytes(log);
    bytes[2000] ^= 1;
    Files.write(log, bytes);
    StorageException refused = refused();
    assertEquals(Cause.STORAGE, refused.exit(), refused::advice);
    assertTrue(refused.advice().contains("is damaged behind entry "), refused::advice);
    assertTrue(
        refused.advice().contains("answered and hold the data of this ensemble"), refused::advice);
    assertTrue(refused.advice().contains("empty this member's data directory"), refused::advice);
    othersGoOn();
  }

  @Test
  void aTornTailIsCutOff() throws Exception {
    ensemble.kill(follower);
    Path log = file("log_inprogress_\\d+");
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      byte[] bytes = Files.readAllBytes(log);
      int end = bytes.length;
      while (bytes[end - 1] == 0) {
        end--; // space taken ahead
      }
      // The beginning of an entry that was never acknowledged: 64 bytes were to follow.
      file.setLength(end);
      file.seek(end);
      file.write(new byte[] {64, 8, 1});
    }
    ensemble.start(follower);
    othersGoOn();
    ensemble.assertSameState();
  }

  @Test
  void aMissingOrEmptyMetaFileIsRefused() throws Exception {
    ensemble.kill(follower);
    Path meta = file("raft-meta");
    Files.write(meta, new byte[0]);
    assertEquals(Cause.STORAGE, refused().exit());
    Files.delete(meta);
    StorageException refused = refused();
    assertEquals(Cause.STORAGE, refused.exit());
    assertTrue(refused.advice().contains("vanished"), refused::advice);
    othersGoOn();
  }

  @Test
  void aLogThatVanishedBesideItsMetaFileIsRefused() throws Exception {
    await().atMost(TestEnsemble.PATIENCE).until(() -> reached() > 50);
    ensemble.kill(follower);
    // More than one, if there was an election on the way.
    for (Path log : files("log_.*")) {
      Files.delete(log);
    }
    StorageException refused = refused();
    assertEquals(Cause.STORAGE, refused.exit());
    assertTrue(refused.advice().contains("it ends before its first entry"), refused::advice);
    othersGoOn();
  }

  @Test
  void aTakenPortIsSaidToBeTaken() throws Exception {
    ensemble.kill(follower);
    RatisSettings taken = ensemble.settings(follower);
    try (var socket = new java.net.ServerSocket()) {
      socket.bind(new java.net.InetSocketAddress(taken.listenHost(), taken.listenPort()));
      StorageException refused = refused();
      assertEquals(Cause.OTHER, refused.exit(), refused::advice);
      assertTrue(
          refused.advice().contains("raft.listen 127.0.0.1:" + taken.listenPort()),
          refused::advice);
    }
  }

  @Test
  void anEntryThatABuildDoesNotKnowStopsThatMemberOnly() throws Exception {
    ensemble.kill(follower);
    EntryCodec old =
        new EntryCodec(
            Format.NEWEST,
            EntryCodec.currentTypes().stream()
                .filter(type -> type.type() != Command.RegisterRouter.class)
                .toList());
    ensemble.codec(follower, old, SnapshotCodec.current());
    ensemble.start(follower);
    ensemble.awaitCaughtUp(follower);
    if (ensemble.leader().equals(follower)) {
      ensemble.stop(follower);
      ensemble.start(follower);
    }
    long before = ensemble.member(follower).stateView().current().state().nextId();
    long index = ensemble.submit(new Command.RegisterRouter("http://r1:6330")).index();
    ensemble.submit(new Command.AllocateId());
    await().atMost(TestEnsemble.PATIENCE).until(() -> !ensemble.failures(follower).isEmpty());
    assertEquals(1, ensemble.failures(follower).size(), "told once");
    String message = ensemble.failures(follower).get(0);
    assertTrue(message.contains("entry " + index + " "), message);
    assertTrue(message.contains("register_router"), message);
    assertTrue(message.contains("install the release"), message);
    assertTrue(ensemble.member(follower).stateView().current().index() < index);
    assertEquals(before, ensemble.member(follower).stateView().current().state().nextId());
    othersGoOn();
  }

  @Test
  void aLogThatCannotBeWrittenEndsTheMember() throws Exception {
    ReplicatedStateMachine machine =
        new ReplicatedStateMachine(
            EntryCodec.current(),
            new SnapshotFiles(SnapshotCodec.current()),
            new StatePublisher(Runnable::run),
            new PendingCommands(1),
            (cause, message) -> ensemble.failures(follower).add(cause + ": " + message),
            new ReplicatedStateMachine.Events() {
              @Override
              public void storageFormatted() {}

              @Override
              public void leadershipMoved() {}
            });
    machine.notifyLogFailed(new IOException("No space left on device"), null);
    String message = ensemble.failures(follower).get(0);
    assertTrue(message.contains("No space left on device"), message);
    assertTrue(message.contains("intact"), message);
  }

  @Test
  void aServerThatClosedByItselfEndsTheMember() throws Exception {
    ensemble.member(follower).node().close(java.time.Duration.ofSeconds(20));
    await().atMost(TestEnsemble.PATIENCE).until(() -> !ensemble.failures(follower).isEmpty());
    assertTrue(
        ensemble.failures(follower).get(0).contains("has closed"),
        ensemble.failures(follower)::toString);
    assertEquals(List.of(), ensemble.failures(ensemble.leader()), "the others are not concerned");
    assertTrue(ensemble.member(follower).leadership().current().role() != Leadership.Role.LEADER);
  }
}
