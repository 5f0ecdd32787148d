// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a verification void before the flip: everything is verified once more then. */
class VerifiedAgainTest extends LedMigration {
  @Test
  void aRouterThatFellBackBeforeTheFlipHasEverythingVerifiedAgain() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          if (data.calls.size() == 2) {
            cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
            at(5, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          }
        });
    verifiesTwice();
  }

  /** A verification may take hours. */
  @Test
  void aRouterThatIsSilentForAMomentAtTheLastLookIsAskedAgain() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.WARMING);
    cluster.routers.put(FakeCluster.R1, map -> null);
    cluster.world.sleep(Duration.ofSeconds(3));
    assertEquals(Phase.WARMING, cluster.migration().phase());
    cluster.routers.put(FakeCluster.R1, map -> map);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void aCollectionThatIsBeingMadeAtTheLastLookIsLookedAtAgain() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.WARMING);
    cluster.shards.at(FakeCluster.N).has("new", 0);
    cluster.world.sleep(Duration.ofMillis(600));
    for (long id = 0; id < 3; id++) {
      cluster.shards.at(FakeCluster.url(id)).has("new", 0);
    }
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  /** What it wrote before it had the map only the donors have. */
  @DisplayName("after a router is registered before the flip, everything is verified again")
  @ParameterizedTest
  @ValueSource(strings = {"VERIFYING", "WARMING"})
  void aRouterRegisteredBeforeTheFlipMeansAnotherVerification(Phase registered)
      throws InterruptedException {
    boolean[] once = {false};
    cluster.routers.put(
        FakeCluster.R1,
        map -> {
          if (!once[0]
              && data.calls.contains("verify")
              && cluster.migration().phase() == registered) {
            once[0] = true;
            cluster.accept(new Command.RegisterRouter("http://late:6330"));
          }
          return map;
        });
    cluster.routers.put("http://late:6330", map -> map);
    data.deeds.put("verify", context -> cluster.world.sleep(Duration.ofSeconds(2)));
    verifiesTwice();
  }

  @Test
  void anotherExecutorOfTheSameTermVerifiesBeforeTheFlip() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.WARMING);
    assertEquals(cluster.term, cluster.migration().verifiedTerm());
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    lead();
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("verify", "drop", "drop"), data.calls);
  }

  /** Whatever breaks the step off afterwards, the log remembers that copies are to be verified. */
  @ParameterizedTest
  @EnumSource(Interruption.class)
  void aVerificationThatIsOwedIsNotForgotten(Interruption interruption)
      throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          long verified = data.calls.stream().filter("verify"::equals).count();
          if (verified == 1) {
            cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
            at(5, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          } else if (verified == 2) {
            interruption.run(this);
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(3, data.calls.stream().filter("verify"::equals).count(), "" + data.calls);
    int flip = way().indexOf(Phase.PROMOTED);
    assertEquals(
        List.of(Phase.VERIFYING, Phase.WARMING, Phase.VERIFYING, Phase.WARMING),
        way().subList(flip - 4, flip));
  }

  /** The same if the pause comes between the poll that finds it out and the entry that says so. */
  @Test
  void aVerificationThatIsOwedIsNotForgottenInAPause() throws InterruptedException {
    boolean[] paused = {false};
    cluster.routers.put(
        FakeCluster.R1,
        map -> {
          if (paused[0] || cluster.migration().phase() != Phase.WARMING) {
            return map;
          }
          paused[0] = true;
          cluster.accept(new Command.PauseMigration(1));
          at(10, () -> cluster.accept(new Command.ResumeMigration(1)));
          return map.withVersion(map.version() - 1);
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(paused[0]);
    assertEquals(List.of("copy", "verify", "verify", "drop", "drop"), data.calls);
  }

  /** It has the newest map again when the last look before the flip comes. */
  @DisplayName(
      "after a router fell back for a while in a long WARMING, everything is verified again")
  @Test
  void aRouterThatFellBackInALongWarmingMeansAnotherVerification() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          if (data.calls.size() == 2) {
            cluster.shards.at(FakeCluster.N).has("docs", 1);
            cluster.shards.at(FakeCluster.N).indexReady("docs", false);
            at(20, () -> cluster.shards.at(FakeCluster.N).indexReady("docs", true));
            fallsBack(5, 7);
          }
        });
    verifiesTwice();
  }

  @Test
  void alsoInALongVerification() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          if (data.calls.size() == 2) {
            fallsBack(5, 7);
            cluster.world.sleep(Duration.ofSeconds(10));
          }
        });
    verifiesTwice();
  }

  /** It only restarts, or the network to it is broken: that alone says nothing about its map. */
  @Test
  void aRouterThatDoesNotAnswerForAWhileIsNoFallback() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          at(3, () -> cluster.routers.put(FakeCluster.R1, map -> null));
          at(5, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          cluster.world.sleep(Duration.ofSeconds(10));
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  private void verifiesTwice() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "verify", "drop", "drop"), data.calls);
  }

  private void fallsBack(int from, int to) {
    at(from, () -> cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1)));
    at(to, () -> cluster.routers.put(FakeCluster.R1, map -> map));
  }

  /** What ends a verification before it is done. */
  enum Interruption {
    FAILURE {
      @Override
      void run(LedMigration led) throws ShardException {
        throw new ShardException(Kind.TIMED_OUT, FakeCluster.url(0), "no answer");
      }
    },
    PAUSE {
      @Override
      void run(LedMigration led) throws InterruptedException {
        led.cluster.accept(new Command.PauseMigration(1));
        led.at(10, () -> led.cluster.accept(new Command.ResumeMigration(1)));
        untilStopped(led.cluster.bundle(led.cluster.control()));
      }
    };

    abstract void run(LedMigration led) throws ShardException, InterruptedException;
  }

  @Test
  void aCollectionThatDiffersBeforeTheFlipIsMadeAndVerified() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          if (data.calls.size() == 2) {
            cluster.shards.at(FakeCluster.N).collections.remove("docs");
          }
        });
    verifiesTwice();
    assertTrue(cluster.shards.at(FakeCluster.N).collections.containsKey("docs"));
  }
}
