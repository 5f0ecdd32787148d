// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots: taken, purged behind, installed on others, and never believed when damaged. */
@Timeout(90)
@Tag("realtime")
class SnapshotTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;

  @BeforeEach
  void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3).snapshotEvery(100).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  /** By file name. */
  static Map<String, Path> snapshots(Path dataDir) throws IOException {
    Map<String, Path> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(dataDir)) {
      files
          .filter(f -> f.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
          .forEach(f -> found.put(f.getFileName().toString(), f));
    } catch (java.io.UncheckedIOException e) {
      return Map.of(); // one was just replaced
    }
    return found;
  }

  private String followerDown() {
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    return follower;
  }

  @Test
  void whoMissedWhatIsPurgedComesBackBySnapshot() throws Exception {
    String follower = followerDown();
    ensemble.load(1500);
    assertTrue(snapshots(ensemble.dataDir(ensemble.leader())).size() <= 3, "old ones are removed");
    ensemble.start(follower);
    ensemble.awaitCaughtUp(follower);
    ensemble.assertSameState();
    Number appended = ensemble.member(follower).gauges().get("log_worker.appendEntryCount");
    assertTrue(appended.longValue() < 1000, () -> "it was sent entries, no snapshot: " + appended);
    assertEquals(List.of(), ensemble.failures(follower));
    // It goes on as any other: installed state, then entries, then a snapshot of its own.
    ensemble.load(300);
    ensemble.assertSameState();
  }

  @Test
  void snapshotsOfTheSameEntryHaveTheSameBytes() throws Exception {
    // Each member looks when it has nothing to apply: after every entry, if they come one by one.
    int compared = 0;
    for (int entries = 0; compared == 0 && entries < 300; entries++) {
      ensemble.load(1);
      ensemble.assertSameState();
      compared = compareSnapshots();
    }
    assertTrue(compared > 0, "no two members took a snapshot of the same entry");
  }

  private int compareSnapshots() throws IOException {
    int compared = 0;
    Map<String, Path> one = snapshots(ensemble.dataDir("c1"));
    for (String id : List.of("c2", "c3")) {
      Map<String, Path> other = snapshots(ensemble.dataDir(id));
      for (String name : one.keySet()) {
        if (other.containsKey(name)) {
          assertArrayEquals(Files.readAllBytes(one.get(name)), Files.readAllBytes(other.get(name)));
          compared++;
        }
      }
    }
    return compared;
  }

  @Test
  void aRepeatedKeyIsAnsweredAfterSnapshotAndRestart() throws Exception {
    Proposal keyed =
        new Proposal(
            new Stamp("test", "ops", System.currentTimeMillis()),
            Optional.of(new IdempotencyKey("once", "f")),
            OptionalLong.empty(),
            new Command.AllocateId());
    Submission.Answered first = ensemble.submit(keyed);
    ensemble.load(300);
    for (String id : ensemble.ids()) {
      await().atMost(TestEnsemble.PATIENCE).until(() -> !snapshots(ensemble.dataDir(id)).isEmpty());
    }
    ensemble.ids().forEach(ensemble::kill);
    ensemble.startAll();
    Submission.Answered again = ensemble.submit(keyed);
    assertEquals(first.outcome(), again.outcome());
    assertTrue(again.replayed());
    assertInstanceOf(Outcome.Accepted.class, again.outcome());
  }

  @Test
  void aFlippedByteIsRefusedAndTheOthersGoOn() throws Exception {
    String follower = ensemble.followers().get(0);
    ensemble.load(300);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> !snapshots(ensemble.dataDir(follower)).isEmpty());
    ensemble.kill(follower);
    Path newest = newest(follower);
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);

    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    assertEquals(Cause.STORAGE, refused.exit(), refused::advice);
    assertTrue(refused.advice().contains(newest.toString()), refused::advice);
    assertTrue(refused.advice().contains("damaged"), refused::advice);
    ensemble.kill(follower);
    ensemble.submit(new Command.AllocateId());
  }

  @Test
  void oneWithoutItsChecksumIsRefused() throws Exception {
    String follower = ensemble.followers().get(0);
    ensemble.load(300);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> !snapshots(ensemble.dataDir(follower)).isEmpty());
    ensemble.kill(follower);
    for (Path snapshot : snapshots(ensemble.dataDir(follower)).values()) {
      Files.delete(snapshot.resolveSibling(snapshot.getFileName() + ".md5"));
    }
    ensemble.launch(follower);
    assertTrue(ensemble.startFailure(follower).advice().contains(".md5 is missing"));
  }

  @Test
  void aLogWhoseBeginningIsNowhereIsRefused() throws Exception {
    String follower = ensemble.followers().get(0);
    ensemble.load(1500);
    ensemble.kill(follower);
    for (Path snapshot : snapshots(ensemble.dataDir(follower)).values()) {
      Files.delete(snapshot);
    }
    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    assertEquals(Cause.STORAGE, refused.exit(), refused::advice);
    assertTrue(refused.advice().contains("snapshot of what was before"), refused::advice);
  }

  private Path newest(String id) throws IOException {
    return snapshots(ensemble.dataDir(id)).values().stream()
        .max(
            java.util.Comparator.comparingLong(
                f -> Long.parseLong(f.getFileName().toString().replaceAll(".*_", ""))))
        .orElseThrow();
  }
}
