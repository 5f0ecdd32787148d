// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.StubReport;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How {@code a} gets into the ensemble of {@code b}. */
@Timeout(20)
class EnsembleJoinTest {
  @TempDir Path dir;

  private RatisSettings settings() {
    return TestSettings.unstarted(dir, "a", "b");
  }

  private static MemberReport leaderThatRetired(String incarnation) {
    return StubReport.of("b")
        .incarnation("b1")
        .known(Map.of("a", "the one after it"))
        .retired(incarnation)
        .role(Leadership.Role.LEADER)
        .build();
  }

  /** An older directory of one that waited for its admission; another one was admitted since. */
  @Test
  void whoWaitsUnderARetiredNameAsksUnderANewOne() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    try (DataDirectory directory = DataDirectory.open(settings())) {
      String retired = directory.change(i -> i.rejoining(false)).incarnation();
      Peers peers =
          member -> {
            if (!directory.identity().incarnation().equals(retired)) {
              closing.countDown();
            }
            return CompletableFuture.completedFuture(leaderThatRetired(retired));
          };
      KnownMembers known = new KnownMembers("a", settings().members());
      PeerReports reports = new PeerReports(peers, known);
      assertFalse(new EnsembleJoin(settings(), known, directory, reports, closing).pass());
      assertNotEquals(retired, directory.identity().incarnation());
      assertEquals(Identity.Standing.REJOINING, directory.identity().standing());
    }
  }
}
