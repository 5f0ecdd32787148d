// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import io.quiverdb.coordinator.codec.BackupCodec;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.ratis.Folders;
import io.quiverdb.coordinator.consensus.ratis.RatisEnsemble;
import io.quiverdb.coordinator.consensus.ratis.TestEnsemble;
import io.quiverdb.coordinator.disk.SmallDisk;
import io.quiverdb.coordinator.model.ClusterState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two of three disks are lost: the third one is read without a server. */
@Timeout(120)
@Tag("realtime")
class RecoverTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;
  private Path data;

  private void found(UnaryOperator<TestEnsemble> settings) throws Exception {
    ensemble = settings.apply(new TestEnsemble(dir.resolve("first"), 3)).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.load(60);
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  private Typed recover(String... options) {
    List<String> words = new java.util.ArrayList<>(List.of("recover", data.toString()));
    words.addAll(Arrays.asList(options));
    return new Shell().type(words.toArray(String[]::new));
  }

  private static BackupContent content(String document) throws Exception {
    return BackupCodec.decode(document.getBytes(StandardCharsets.UTF_8));
  }

  /** Every file with its content and its time. */
  private TreeMap<String, String> everything() throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.toList()) {
        found.put(
            file.toString(),
            Files.getLastModifiedTime(file)
                + (Files.isRegularFile(file)
                    ? " " + Arrays.hashCode(Files.readAllBytes(file))
                    : ""));
      }
    }
    return found;
  }

  private List<Path> logFiles() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(f -> f.getFileName().toString().startsWith("log_")).sorted().toList();
    }
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWithTwoDisksOfThree() throws Exception {
    found(settings -> settings.snapshotEvery(40));
    ensemble.submit(new Command.RegisterRouter("http://r1:6330"));
    ensemble.submit(new Command.AddShard("http://n7:6333", List.of("http://n7:7333")));
    String leader = ensemble.leader();
    ClusterState acknowledged = ensemble.member(leader).stateView().current().state();
    data = ensemble.dataDir(leader);
    Typed running = recover();
    assertEquals(1, running.code(), running.err());
    assertTrue(running.err().contains("Stop it first"), running.err());
    for (String id : ensemble.ids()) {
      ensemble.kill(id);
      if (!id.equals(leader)) {
        ensemble.wipe(id);
      }
    }

    TreeMap<String, String> before = everything();
    Path out = dir.resolve("recovered.json");
    Typed typed = recover("--out", out.toString());
    assertEquals(0, typed.code(), typed.err());
    assertEquals("", typed.out());
    assertEquals(before, everything(), "nothing was written into the directory");
    assertEquals(0, recover().code());
    assertEquals(Files.readString(out).length(), recover().out().length());
    BackupContent recovered = content(Files.readString(out));
    assertEquals(acknowledged.map(), recovered.map());
    assertEquals(acknowledged.nextId(), recovered.nextId());
    assertEquals(acknowledged.routers(), recovered.routers());
    Typed within = recover("--out", data.resolve("x.json").toString());
    assertEquals(2, within.code(), within.err());

    try (TestEnsemble second = new TestEnsemble(dir.resolve("second"), 3).startAll()) {
      second.submit(TestEnsemble.bootstrap());
      second.submit(new Command.Restore(recovered, 0, 0));
      ClusterState restored = second.member(second.leader()).stateView().current().state();
      assertEquals(acknowledged.map().shards(), restored.map().shards());
      assertEquals(acknowledged.nextId(), restored.nextId());
      assertEquals(acknowledged.routers(), restored.routers());
      assertTrue(Long.compareUnsigned(restored.map().version(), acknowledged.map().version()) > 0);
    }
  }

  /** A disk that failed is mounted read-only, by the kernel or to copy it. */
  @Test
  void aReadOnlyDiskIsEnough() throws Exception {
    found(settings -> settings.snapshotEvery(40));
    String leader = ensemble.leader();
    long nextId = ensemble.member(leader).stateView().current().state().nextId();
    ensemble.ids().forEach(ensemble::kill);
    data = dir.resolve("disk");
    try (SmallDisk disk = SmallDisk.mountedOrAbort(data, 8 << 20)) {
      Folders.copy(ensemble.dataDir(leader), data.resolve("c"));
      disk.becomeReadOnly();
      data = data.resolve("c");
      Typed typed = recover();
      assertEquals(0, typed.code(), typed.err());
      assertEquals(nextId, content(typed.out()).nextId());
    }
  }

  @Test
  void whatIsNotKnownToBeCommittedIsSaidAndCanBeLeftOut() throws Exception {
    found(settings -> settings);
    String leader = ensemble.leader();
    data = ensemble.dataDir(leader);
    List<String> followers = ensemble.followers();
    ensemble.kill(followers.get(0));
    RatisEnsemble alone = ensemble.member(leader);
    Thread last = new Thread(() -> ensemble.kill(followers.get(1)));
    last.start();
    // It accepts commands until it notices that the others are gone: the last ones are not
    // committed.
    await()
        .atMost(TestEnsemble.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              var unused =
                  alone.commandLog().submit(TestEnsemble.proposal(new Command.AllocateId()));
              return !alone.leadership().current().leads();
            });
    last.join();
    ensemble.kill(leader);

    Typed all = recover();
    assertEquals(0, all.code(), all.err());
    assertTrue(all.err().contains("included: the entries"), all.err());
    Typed committed = recover("--committed-only");
    assertEquals(0, committed.code(), committed.err());
    assertTrue(committed.err().contains("left out: the entries"), committed.err());
    assertTrue(content(committed.out()).nextId() < content(all.out()).nextId());
    assertFalse(committed.err().contains("taken in"), committed.err());
  }

  @Test
  void damageIsNamedAndWhatStandsBeforeItCanBeHad() throws Exception {
    found(settings -> settings);
    String leader = ensemble.leader();
    data = ensemble.dataDir(leader);
    long whole = ensemble.member(leader).stateView().current().state().nextId();
    ensemble.ids().forEach(ensemble::kill);
    Path log = logFiles().get(0);
    byte[] bytes = Files.readAllBytes(log);
    bytes[3000] ^= 1;
    Files.write(log, bytes);

    Typed refused = recover();
    assertEquals(3, refused.code(), refused.err());
    assertEquals("", refused.out());
    assertTrue(refused.err().contains(log + " is damaged behind entry"), refused.err());
    Typed partial = recover("--partial");
    assertEquals(3, partial.code(), partial.err());
    long had = content(partial.out()).nextId();
    assertTrue(had > 1 && had < whole, () -> had + " of " + whole);
  }
}
