// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Format;
import io.quiverdb.coordinator.codec.NewerBuild;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade node by node, to a build that knows one format more. */
@Timeout(90)
@Tag("realtime")
class FormatTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;

  @AfterEach
  void end() {
    ensemble.close();
  }

  private int format(String id) {
    return ensemble.member(id).stateView().current().state().format();
  }

  /** To the later build, one after the other; the format rises with the last one. */
  private void upgrade() throws Exception {
    ensemble = new TestEnsemble(dir, 3).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    // All three raise it to what this build reads; with one of them down nobody would.
    await().atMost(TestEnsemble.PATIENCE).until(() -> format(ensemble.leader()) == Format.NEWEST);
    for (String id : ensemble.ids()) {
      ensemble.stop(id);
      ensemble.codec(id, NewerBuild.entryCodec(), NewerBuild.snapshotCodec());
      if (id.equals("c3")) {
        // All but this one know it by now, and it counts although it is down.
        await()
            .during(Duration.ofSeconds(1))
            .atMost(TestEnsemble.PATIENCE)
            .until(() -> format(ensemble.leader()) == Format.NEWEST);
      }
      ensemble.start(id);
      ensemble.submit(new Command.AllocateId());
    }
    for (String id : ensemble.ids()) {
      await().atMost(TestEnsemble.PATIENCE).until(() -> format(id) == NewerBuild.FORMAT);
    }
  }

  @Test
  void theFormatRisesOnceEveryMemberKnowsIt() throws Exception {
    upgrade();
    await()
        .during(Duration.ofSeconds(1))
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(() -> assertEquals(NewerBuild.FORMAT, format(ensemble.leader())));
    // In its second schema, which only the later build writes and reads.
    ensemble.submit(new Command.AllocateId());
    ensemble.assertSameState();
  }

  @Test
  void aMemberThatIsPutBackToTheOldBuildStopsWhereTheFormatRises() throws Exception {
    upgrade();
    String back = ensemble.followers().get(0);
    ensemble.stop(back);
    ensemble.codec(back, EntryCodec.current(), SnapshotCodec.current());
    ensemble.start(back);
    await().atMost(TestEnsemble.PATIENCE).until(() -> !ensemble.failures(back).isEmpty());
    String message = ensemble.failures(back).get(0);
    assertTrue(message.matches("(?s).*log entry \\d+ cannot be applied.*"), message);
    assertTrue(message.contains("raises the format to " + NewerBuild.FORMAT), message);
    assertEquals(Format.NEWEST, format(back), "it has not gone past what it knows");
    ensemble.submit(new Command.AllocateId());
  }
}
