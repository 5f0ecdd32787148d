package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.AnsweringWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.FakeShards.Fake;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the state to the end of a move, and steps that fail on the way. */
class MigrationExecutorTest extends LedMove {
  @Test
  void growsFromTheStartToTheEnd() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(
        List.of(
            Phase.PREPARED,
            Phase.JOINING,
            Phase.ADOPTING,
            Phase.COPYING,
            Phase.VERIFYING,
            Phase.WARMING,
            Phase.PROMOTED,
            Phase.SETTLING,
            Phase.DROPPING,
            Phase.COOLING,
            Phase.DONE),
        way());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
    assertTrue(cluster.shards.at(FakeCluster.N).collections.containsKey("docs"));
    assertEquals(3, cluster.state().map().shards().get(0).id());
  }

  @Test
  void drainsFromTheStartToTheEnd() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.DRAIN);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
    assertTrue(cluster.state().map().shard(2).isEmpty());
  }

  @Test
  void whatIsNotNeededIsNotWaitedFor() throws InterruptedException {
    cluster.world.sleep(Duration.ofMinutes(1));
    lead();
    cluster.world.sleep(Duration.ofMinutes(1));
    Duration before = cluster.world.elapsed();
    data.surveyTakes = Duration.ofHours(1);
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    // Two barriers of 2 s staleness and 10 s request drain; a survey ends with the first of them.
    assertBetween(
        Duration.ofSeconds(24), Duration.ofSeconds(27), cluster.world.elapsed().minus(before));
  }

  @Test
  void aStepThatCannotBeDoneTurnsTheMoveBack() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
          throw new StepFailed("20 rounds and no end");
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals("20 rounds and no end", cluster.move().error().orElseThrow());
    assertEquals(List.of("copy", "verify", "wipe"), data.calls);
    assertTrue(cluster.state().map().shard(3).isEmpty());
    assertTrue(cluster.shards.at(FakeCluster.N).collections.isEmpty());
  }

  @Test
  void fromTheFlipOnItHoldsInstead() throws InterruptedException {
    data.deeds.put(
        "drop",
        move -> {
          throw new StepFailed("no");
        });
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.DROPPING);
    cluster.world.sleep(Duration.ofSeconds(5));
    assertEquals(MigrationState.HOLDING, cluster.move().state());
    data.deeds.clear();
    cluster.accept(new Command.RetryMigration(1, OptionalLong.empty()));
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void whatIsCaughtIsNoCompletion() throws InterruptedException {
    int[] failures = {3};
    data.deeds.put(
        "copy",
        move -> {
          if (failures[0]-- > 0) {
            throw failures[0] == 1
                ? new ShardException(Kind.TIMED_OUT, FakeCluster.url(0), "no answer")
                : new ShardException(Kind.NO_COLLECTION, FakeCluster.url(0), "404");
          }
        });
    data.deeds.put(
        "verify",
        move -> {
          if (failures[0]-- > -3) {
            throw new IllegalStateException("a bug");
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(4, data.calls.stream().filter("copy"::equals).count());
    assertEquals(2, data.calls.stream().filter("verify"::equals).count() - 1);
  }

  /**
   * Where a wait follows, searches of clients would hang behind it for as long as nobody closes it;
   * else it would be thrown away with the build.
   */
  @ParameterizedTest
  @CsvSource({"TIMED_OUT, 0", "NEVER_SENT, 1"})
  void noIndexSearchIsLeftOpenOnAServingShardWhileADropWaits(Kind failure, int left)
      throws InterruptedException {
    Fake donor = cluster.shards.at(FakeCluster.url(0));
    List<Integer> open = new ArrayList<>();
    data.deeds.put(
        "drop",
        move -> {
          if (open.isEmpty()) {
            donor.has("docs", 10);
            donor.indexReady("docs", false);
            donor.rows.put("docs", List.of(CopiedMove.row("a")));
            cluster.world.sleep(Duration.ofSeconds(2));
            open.add(donor.openSearches);
            cluster.at(Duration.ofMillis(300), () -> open.add(donor.openSearches));
            at(6, () -> donor.indexReady("docs", true));
            throw new ShardException(failure, FakeCluster.url(1), "no answer");
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of(1, left), open);
  }

  @Test
  void afterAStepThatBrokeNothingIsSentUntilItsRequestsAreOver() throws InterruptedException {
    List<Duration> tries = new ArrayList<>();
    data.deeds.put(
        "copy",
        move -> {
          tries.add(cluster.world.elapsed());
          if (tries.size() == 1) {
            throw new ShardException(Kind.TIMED_OUT, FakeCluster.N, "no answer");
          }
        });
    lead();
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    assertTrue(tries.get(1).minus(tries.get(0)).compareTo(Duration.ofSeconds(10)) >= 0);
  }

  @Test
  void aRouterThatFellBackBeforeTheFlipHasEverythingVerifiedAgain() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
          if (data.calls.size() == 2) {
            cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
            at(5, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          }
        });
    verifiesTwice();
  }

  /** What it wrote before it had the map only the donors have. */
  @ParameterizedTest
  @ValueSource(strings = {"VERIFYING", "WARMING"})
  void aRouterThatIsRegisteredBeforeTheFlipHasEverythingVerifiedAgain(Phase registered)
      throws InterruptedException {
    boolean[] once = {false};
    cluster.routers.put(
        FakeCluster.R1,
        map -> {
          if (!once[0] && data.calls.contains("verify") && cluster.move().phase() == registered) {
            once[0] = true;
            cluster.accept(new Command.RegisterRouter("http://late:6330"));
          }
          return map;
        });
    cluster.routers.put("http://late:6330", map -> map);
    data.deeds.put("verify", move -> cluster.world.sleep(Duration.ofSeconds(2)));
    verifiesTwice();
  }

  @Test
  void anotherExecutorOfTheSameTermVerifiesBeforeTheFlip() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.WARMING);
    assertEquals(cluster.term, cluster.move().verifiedTerm());
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
        move -> {
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
          if (paused[0] || cluster.move().phase() != Phase.WARMING) {
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
  @Test
  void aRouterThatFellBackForAWhileInALongWarmingHasEverythingVerifiedAgain()
      throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
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
  void likewiseInALongVerification() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
          if (data.calls.size() == 2) {
            fallsBack(5, 7);
            cluster.world.sleep(Duration.ofSeconds(10));
          }
        });
    verifiesTwice();
  }

  @Test
  void anIndexFromBeforeTheMoveIsBuiltAnewBesideTheVerification() throws InterruptedException {
    FakeShards.Fake target = cluster.shards.at(FakeCluster.N);
    List<String> early = new ArrayList<>();
    List<String> searched = new ArrayList<>();
    data.deeds.put(
        "copy",
        move -> {
          target.has("docs", 1);
          target.indexReady("docs", true);
          target.rows.put("docs", new ArrayList<>(List.of(CopiedMove.row("p5"))));
          move.control().moved(new MovePart("docs", 0, 3, 5, 5, 5, "p5", true), 50);
          move.control().moved(new MovePart("docs", 1, 3, 5, 5, 5, "p5", true), 50);
          cluster.world.sleep(Duration.ofSeconds(10));
          early.addAll(cluster.shards.searches);
          move.control().moved(new MovePart("docs", 2, 3, 5, 5, 5, "p5", true), 50);
        });
    data.deeds.put(
        "verify",
        move -> {
          cluster.world.sleep(Duration.ofSeconds(10));
          searched.addAll(cluster.shards.searches);
        });
    lead();
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    assertEquals(List.of(), early, "nothing has come from the third donor yet");
    assertEquals(List.of("docs " + FakeCluster.N + " PT2S"), searched);
  }

  /** It only restarts, or the network to it is broken: that alone says nothing about its map. */
  @Test
  void aRouterThatDoesNotAnswerForAWhileIsNoFallback() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
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
      void run(LedMove led) throws ShardException {
        throw new ShardException(Kind.TIMED_OUT, FakeCluster.url(0), "no answer");
      }
    },
    PAUSE {
      @Override
      void run(LedMove led) throws InterruptedException {
        led.cluster.accept(new Command.PauseMigration(1));
        led.at(10, () -> led.cluster.accept(new Command.ResumeMigration(1)));
        untilStopped(led.cluster.bundle(led.cluster.control()));
      }
    };

    abstract void run(LedMove led) throws ShardException, InterruptedException;
  }

  @Test
  void aCollectionThatDiffersBeforeTheFlipIsMadeAndVerified() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
          if (data.calls.size() == 2) {
            cluster.shards.at(FakeCluster.N).collections.remove("docs");
          }
        });
    verifiesTwice();
    assertTrue(cluster.shards.at(FakeCluster.N).collections.containsKey("docs"));
  }

  @Test
  void progressIsLoggedBeforeThePhaseIsLeft() throws InterruptedException {
    data.deeds.put(
        "copy", move -> move.control().moved(new MovePart("docs", 0, 3, 5, 5, 5, "p5", true), 50));
    lead();
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    assertEquals(5, cluster.move().progress().pointsDone());
    assertEquals(50, cluster.move().progress().bytesDone());
  }
}
