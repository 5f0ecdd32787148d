// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member that cannot write its vote says so and ends: otherwise it would stay a candidate
 * forever.
 */
@Timeout(120)
@Tag("realtime")
class VoteTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;

  @BeforeEach
  void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  /** A directory that is not empty in place of the file: it can neither be written nor replaced. */
  private void block(String id, String name) throws Exception {
    Path group = ensemble.dataDir(id).resolve("raft");
    try (var groups = Files.list(group)) {
      group = groups.findFirst().orElseThrow();
    }
    Files.createDirectories(group.resolve(name).resolve("x"));
  }

  private List<String> failuresOf(List<String> ids) {
    return ids.stream().flatMap(id -> ensemble.failures(id).stream()).toList();
  }

  @Test
  void aCandidateThatCannotWriteItsVoteEnds() throws Exception {
    List<String> left = ensemble.followers();
    for (String id : left) {
      block(id, "current/raft-meta.tmp");
    }
    ensemble.kill(ensemble.leader());
    await().atMost(TestEnsemble.PATIENCE.multipliedBy(2)).until(() -> !failuresOf(left).isEmpty());
    String said = failuresOf(left).get(0);
    assertTrue(said.startsWith(Cause.OTHER.toString()), said);
    assertTrue(said.contains("its vote could not be written"), said);
    assertTrue(said.contains("Start this member again"), said);
  }

  @Test
  void withoutALeaderADiskThatCannotBeWrittenEndsTheMember() throws Exception {
    String alone = ensemble.followers().get(0);
    block(alone, "probe.tmp");
    ensemble.ids().stream().filter(id -> !id.equals(alone)).forEach(ensemble::kill);
    await()
        .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
        .until(() -> !ensemble.failures(alone).isEmpty());
    String said = ensemble.failures(alone).get(0);
    assertTrue(said.startsWith(Cause.OTHER.toString()), said);
    assertTrue(said.contains("The disk of this member cannot be written at"), said);
  }

  @Test
  void whoIsOnlyAloneGoesOn() throws Exception {
    String alone = ensemble.followers().get(0);
    ensemble.ids().stream().filter(id -> !id.equals(alone)).forEach(ensemble::kill);
    await()
        .during(java.time.Duration.ofSeconds(10))
        .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
        .until(() -> ensemble.failures(alone).isEmpty());
  }
}
