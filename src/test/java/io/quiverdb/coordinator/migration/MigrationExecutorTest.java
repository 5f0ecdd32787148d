// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the state to the end of a migration, and steps that fail on the way. */
class MigrationExecutorTest extends LedMigration {
  @Test
  void growsFromTheStartToTheEnd() throws InterruptedException {
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(Walk.GROW, way());
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
  void aStepThatCannotBeDoneTurnsTheMigrationBack() throws InterruptedException {
    data.deeds.put(
        "verify",
        context -> {
          throw new StepFailed("20 rounds and no end");
        });
    lead();
    cluster.start(MigrationKind.GROW);
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals("20 rounds and no end", cluster.migration().error().orElseThrow());
    assertEquals(List.of("copy", "verify", "wipe"), data.calls);
    assertTrue(cluster.state().map().shard(3).isEmpty());
    assertTrue(cluster.shards.at(FakeCluster.N).collections.isEmpty());
  }

  @Test
  void fromTheFlipOnItHoldsInstead() throws InterruptedException {
    data.deeds.put(
        "drop",
        context -> {
          throw new StepFailed("no");
        });
    lead();
    cluster.start(MigrationKind.GROW);
    cluster.await(Phase.DROPPING);
    cluster.world.sleep(Duration.ofSeconds(5));
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    data.deeds.clear();
    cluster.accept(cluster.retry(OptionalLong.empty()));
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void whatIsCaughtIsNoCompletion() throws InterruptedException {
    int[] failures = {3};
    data.deeds.put(
        "copy",
        context -> {
          if (failures[0]-- > 0) {
            throw failures[0] == 1
                ? new ShardException(Kind.TIMED_OUT, FakeCluster.url(0), "no answer")
                : new ShardException(Kind.NO_COLLECTION, FakeCluster.url(0), "404");
          }
        });
    data.deeds.put(
        "verify",
        context -> {
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
    Stub donor = cluster.shards.at(FakeCluster.url(0));
    List<Integer> open = new ArrayList<>();
    data.deeds.put(
        "drop",
        context -> {
          if (open.isEmpty()) {
            donor.has("docs", 10);
            donor.indexReady("docs", false);
            donor.rows.put("docs", List.of(CopiedMigration.row("a")));
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
        context -> {
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
  void anIndexFromBeforeTheMigrationIsBuiltAnewBesideTheVerification() throws InterruptedException {
    StubShards.Stub target = cluster.shards.at(FakeCluster.N);
    List<String> early = new ArrayList<>();
    List<String> searched = new ArrayList<>();
    data.deeds.put(
        "copy",
        context -> {
          target.has("docs", 1);
          target.indexReady("docs", true);
          target.rows.put("docs", new ArrayList<>(List.of(CopiedMigration.row("p5"))));
          context.control().moved(new MigrationPart("docs", 0, 3, 5, 5, 5, "p5", true), 50);
          context.control().moved(new MigrationPart("docs", 1, 3, 5, 5, 5, "p5", true), 50);
          cluster.world.sleep(Duration.ofSeconds(10));
          early.addAll(cluster.shards.searches);
          context.control().moved(new MigrationPart("docs", 2, 3, 5, 5, 5, "p5", true), 50);
        });
    data.deeds.put(
        "verify",
        context -> {
          cluster.world.sleep(Duration.ofSeconds(10));
          searched.addAll(cluster.shards.searches);
        });
    lead();
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    assertEquals(List.of(), early, "nothing has come from the third donor yet");
    assertEquals(List.of("docs " + FakeCluster.N + " PT2S"), searched);
  }

  @Test
  void progressIsLoggedBeforeThePhaseIsLeft() throws InterruptedException {
    data.deeds.put(
        "copy",
        context ->
            context.control().moved(new MigrationPart("docs", 0, 3, 5, 5, 5, "p5", true), 50));
    lead();
    cluster.start(MigrationKind.GROW);
    awaitEnd();
    assertEquals(5, cluster.migration().progress().pointsDone());
    assertEquals(50, cluster.migration().progress().bytesDone());
  }
}
