// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A phase that ends one leader after the other. */
@Timeout(60)
class PhaseStartTest extends LedMigration {
  private void threeLeadersEndInTheCopy() throws InterruptedException {
    data.deeds.put("copy", LedMigration::untilStopped);
    lead();
    cluster.start(MigrationKind.GROW);
    for (int copies = 1; copies <= 3; copies++) {
      int begun = copies;
      cluster.world.await(() -> data.calls.size() == begun, Duration.ofMinutes(2));
      assertEquals(begun, data.calls.size());
      newLeader();
    }
    cluster.world.sleep(Duration.ofMinutes(2));
    assertEquals(3, data.calls.size(), "the fourth one does not begin");
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertEquals("attempts", cluster.migration().waitingOn().orElseThrow().what());
  }

  @Test
  void holdsInsteadOfEndingTheNextOneAndARetryGoesOn() throws Exception {
    threeLeadersEndInTheCopy();
    data.deeds.clear();
    cluster.accept(cluster.retry(OptionalLong.empty()));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(4, data.calls.stream().filter("copy"::equals).count());
  }

  @Test
  void aCancelTurnsItBack() throws Exception {
    threeLeadersEndInTheCopy();
    cluster.accept(new Command.CancelMigration(1, false));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertTrue(data.calls.contains("wipe"));
  }

  @Test
  void leadersThatComeFurtherMayFollowEachOther() throws Exception {
    int[] done = {0};
    data.deeds.put(
        "copy",
        context -> {
          done[0] += 10;
          context.control().moved(new MigrationPart("docs", 0, 3, 100, done[0], 1, "p", false), 1);
          untilStopped(context);
        });
    lead();
    cluster.start(MigrationKind.GROW);
    for (int copies = 1; copies <= 6; copies++) {
      int begun = copies;
      cluster.world.await(() -> data.calls.size() == begun, Duration.ofMinutes(2));
      assertEquals(begun, data.calls.size());
      cluster.world.sleep(Duration.ofSeconds(3));
      newLeader();
    }
  }
}
