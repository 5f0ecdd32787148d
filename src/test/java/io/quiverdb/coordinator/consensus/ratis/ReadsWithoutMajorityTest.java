// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.AppliedState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("realtime")
class ReadsWithoutMajorityTest {
  /** Slow elections, so that a leader that is alone calls itself the leader for seconds. */
  private static final RatisSettings.Timing SLOW =
      new RatisSettings.Timing(Duration.ofMillis(1_500), Duration.ofMillis(3_000));

  @TempDir Path dir;

  @Test
  void whatWasConfirmedEarlierConfirmsNothingOnceTheOthersAreGone() throws Exception {
    try (TestEnsemble ensemble = new TestEnsemble(dir, 3).timing(SLOW).startAll()) {
      ensemble.submit(TestEnsemble.bootstrap());
      String id = ensemble.leader();
      RatisEnsemble leader = ensemble.member(id);
      await()
          .atMost(TestEnsemble.PATIENCE)
          .until(() -> leader.reads().linearizable().handle((s, f) -> f == null).get());
      ensemble.ids().stream().filter(other -> !other.equals(id)).forEach(ensemble::kill);

      List<CompletableFuture<AppliedState>> reads = new ArrayList<>();
      while (leader.leadership().current().leads()) {
        reads.add(leader.reads().linearizable());
        TimeUnit.MILLISECONDS.sleep(20); // one read after the other, for as long as it leads
      }
      assertTrue(reads.size() > 3, "it led for too short a time: " + reads.size() + " reads");
      await()
          .atMost(TestEnsemble.PATIENCE)
          .until(() -> reads.stream().allMatch(CompletableFuture::isDone));
      assertEquals(
          0, reads.stream().filter(read -> !read.isCompletedExceptionally()).count(), "confirmed");
    }
  }
}
