// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.ClusterState;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The data directories of three members that 0.1.0 ran: with snapshots, with a log behind them, and
 * one of the three was wiped and added again.
 */
class ReleasedDataTest {
  private static final Path DATA = Path.of("src/test/resources/golden/format-1/members.zip");
  private static final String RETIRED = "30415ffb-1194-44b4-b34a-0aad7c054248";

  @TempDir Path dir;
  private TestEnsemble ensemble;

  @BeforeEach
  void unpack() throws Exception {
    try (InputStream file = Files.newInputStream(DATA);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path place = dir.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(place);
        } else {
          Files.createDirectories(place.getParent());
          Files.copy(zip, place);
        }
      }
    }
    ensemble = new TestEnsemble(dir, 3);
  }

  @AfterEach
  void close() {
    ensemble.close();
  }

  private ClusterState state() {
    return ensemble.member(ensemble.leader()).stateView().current().state();
  }

  private void assertContent() {
    ClusterState state = state();
    assertEquals(List.of(1L), state.map().shards().stream().map(shard -> shard.id()).toList());
    assertEquals(2, state.map().version());
    assertEquals(162, state.nextId());
    assertEquals(List.of("http://127.0.0.1:4"), state.routers());
    assertEquals(List.of(RETIRED), state.incarnations().retired());
  }

  private void awaitList() {
    await().atMost(TestEnsemble.PATIENCE).until(() -> state().members().isRecorded());
  }

  /** A build that knows format 1 only. */
  private void old(String id) {
    ensemble.codec(
        id,
        new EntryCodec(
            1, EntryCodec.currentTypes().stream().filter(it -> it.sinceFormat() == 1).toList()),
        new SnapshotCodec(1));
  }

  @Test
  void isReadAndTheListOfMembersFollows() throws Exception {
    ensemble.startAll();
    assertContent();
    awaitList();
    assertEquals(2, state().format());
    assertEquals(
        ensemble.ids(), state().members().members().stream().map(member -> member.id()).toList());
    ensemble.assertSameState();
    Member joining = ensemble.join("c4");
    ensemble.submit(new Command.AddMember("c4", joining.raft(), joining.http().toString()));
    await().atMost(TestEnsemble.PATIENCE).until(() -> state().members().change().isEmpty());
    String lost = ensemble.followers().get(0);
    ensemble.kill(lost);
    ensemble.wipe(lost);
    ensemble.start(lost);
    await().atMost(TestEnsemble.PATIENCE).until(() -> ensemble.report(lost).ready());
    assertEquals(Set.of("c1", "c2", "c3", "c4"), voters());
    ensemble.assertSameState();
  }

  private Set<String> voters() {
    return ensemble.member(ensemble.leader()).membership().voters().orElseThrow();
  }

  /** Member by member, and back again before the last one has followed. */
  @Test
  void anUpgradeCanGoBackUntilTheLastMember() throws Exception {
    List.of("c1", "c2", "c3").forEach(this::old);
    ensemble.startAll();
    assertContent();
    for (String id : List.of("c1", "c2")) {
      restartAs(id, EntryCodec.current(), SnapshotCodec.current());
    }
    ensemble.load(5);
    assertEquals(1, state().format());
    for (String id : List.of("c1", "c2")) {
      ensemble.stop(id);
      old(id);
      ensemble.start(id);
      ensemble.awaitCaughtUp(id);
    }
    ensemble.load(5);
    for (String id : ensemble.ids()) {
      restartAs(id, EntryCodec.current(), SnapshotCodec.current());
    }
    awaitList();
    assertTrue(state().nextId() >= 172);
    ensemble.assertSameState();
  }

  private void restartAs(String id, EntryCodec entries, SnapshotCodec snapshots) throws Exception {
    ensemble.stop(id);
    ensemble.codec(id, entries, snapshots);
    ensemble.start(id);
    ensemble.awaitCaughtUp(id);
  }
}
