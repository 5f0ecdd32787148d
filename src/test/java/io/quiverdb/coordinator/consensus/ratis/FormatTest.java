package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade node by node, to a build that knows one format more. */
@Timeout(90)
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

  @Test
  void theFormatRisesOnceEveryMemberKnowsIt() throws Exception {
    ensemble = new TestEnsemble(dir, 3).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    int now = EntryCodec.current().maxFormat();
    for (String id : ensemble.ids()) {
      ensemble.stop(id);
      ensemble.codec(
          id, new EntryCodec(now + 1, EntryCodec.currentTypes()), new SnapshotCodec(now + 1));
      if (id.equals("c3")) {
        // All but this one know it by now, and it counts although it is down.
        await()
            .during(Duration.ofSeconds(1))
            .atMost(TestEnsemble.PATIENCE)
            .until(() -> format(ensemble.leader()) == now);
      }
      ensemble.start(id);
      ensemble.submit(new Command.AllocateId());
    }
    for (String id : ensemble.ids()) {
      await().atMost(TestEnsemble.PATIENCE).until(() -> format(id) == now + 1);
    }
    await()
        .during(Duration.ofSeconds(1))
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(() -> assertEquals(now + 1, format(ensemble.leader())));
    ensemble.submit(new Command.AllocateId());
    ensemble.assertSameState();
  }
}
