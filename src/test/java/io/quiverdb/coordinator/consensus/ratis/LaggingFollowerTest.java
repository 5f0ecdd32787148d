// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.codec.StallingCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member that hears its leader all the time and yet falls behind: what it last heard says nothing
 * about how old its state is, only a linearizable read does; and it may be elected.
 */
@Tag("realtime")
class LaggingFollowerTest {
  private static final Duration BOUND = Duration.ofSeconds(2);

  @TempDir Path dir;

  @Test
  void aFollowerThatAppliesNothingKnowsThatItsStateGrowsOld() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (TestEnsemble ensemble = new TestEnsemble(dir, 3)) {
      ensemble.codec("c3", StallingCodec.until(goOn), SnapshotCodec.current());
      ensemble.startAll();
      lead(ensemble, "c1");
      ensemble.submit(TestEnsemble.bootstrap());
      RatisEnsemble lagging = ensemble.member("c3");
      await().atMost(TestEnsemble.PATIENCE).until(() -> fresh(lagging));

      ensemble.submit(new Command.AllocateId());
      long acknowledged = System.nanoTime();
      await()
          .atMost(TestEnsemble.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                long asked = System.nanoTime();
                boolean serves = fresh(lagging);
                assertTrue(
                    !serves || asked - acknowledged < BOUND.toNanos(),
                    () ->
                        "would serve a state without an entry that was acknowledged "
                            + (asked - acknowledged) / 1_000_000
                            + " ms before");
                return !serves && asked - acknowledged > 2 * BOUND.toNanos();
              });
      assertEquals(Leadership.Role.FOLLOWER, lagging.leadership().current().role());
      assertEquals(
          Optional.of(ensemble.leader()),
          lagging.leadership().current().leaderId(),
          "it hears its leader");
      assertEquals(1, lagging.stateView().current().state().nextId(), "and has not applied it");

      goOn.countDown();
      await().atMost(TestEnsemble.PATIENCE).until(() -> fresh(lagging));
      assertEquals(2, lagging.stateView().current().state().nextId());
    } finally {
      goOn.countDown();
    }
  }

  @Test
  void aLeaderThatIsStillApplyingHandsOverAsSoonAsItHas() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (TestEnsemble ensemble = new TestEnsemble(dir, 3)) {
      ensemble.codec("c3", StallingCodec.until(goOn), SnapshotCodec.current());
      ensemble.startAll();
      Leadership lagging = ensemble.member("c3").leadership();
      lead(ensemble, "c1");
      ensemble.submit(TestEnsemble.bootstrap());
      ensemble.submit(new Command.AllocateId());
      await()
          .atMost(TestEnsemble.PATIENCE)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(
              () -> {
                if (lagging.current().role() != Leadership.Role.LEADER) {
                  handOver(ensemble, "c3");
                }
                return lagging.current().role();
              },
              Leadership.Role.LEADER::equals);
      assertFalse(lagging.current().ready(), "it has not applied what it has");

      CompletableFuture<String> over = lagging.transfer(Optional.of("c1"), TestEnsemble.PATIENCE);
      goOn.countDown();
      assertEquals("c1", over.get());
    } finally {
      goOn.countDown();
    }
  }

  /** Another one may win an election on a busy machine; the next leader is asked again. */
  private static void lead(TestEnsemble ensemble, String id) {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              handOver(ensemble, id);
              return ensemble.leader();
            },
            id::equals);
  }

  private static void handOver(TestEnsemble ensemble, String id) throws Exception {
    String leader = ensemble.leader();
    if (!leader.equals(id)) {
      ensemble
          .member(leader)
          .leadership()
          .transfer(Optional.of(id), Duration.ofSeconds(2))
          .get(5, TimeUnit.SECONDS);
    }
  }

  private static boolean fresh(RatisEnsemble member) {
    return member.reads().staleness().map(age -> age.compareTo(BOUND) < 0).orElse(false);
  }
}
