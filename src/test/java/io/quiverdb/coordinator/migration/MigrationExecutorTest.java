package io.quiverdb.coordinator.migration;

import static io.quiverdb.coordinator.migration.AnsweringWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.MovePlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the state to the end of a move, over leaders, failures and operators. */
class MigrationExecutorTest {
  private final FakeCluster cluster = new FakeCluster();
  private final FakeData data = new FakeData();
  private Tasks.Task<String> running;

  private interface Deed {
    void run(Move move) throws ShardException, StepFailed, CollectionChanged, InterruptedException;
  }

  /** Notes when it was called, and fails as it is told to. */
  private final class FakeData implements DataSteps {
    final List<String> calls = new ArrayList<>();
    final Map<String, Deed> deeds = new LinkedHashMap<>();
    Duration surveyTakes = Duration.ZERO;

    @Override
    public void survey(Move move) throws InterruptedException {
      cluster.world.sleep(surveyTakes);
    }

    private void call(String name, Move move)
        throws ShardException, StepFailed, CollectionChanged, InterruptedException {
      calls.add(name);
      cluster.world.sleep(Duration.ofMillis(100));
      deeds.getOrDefault(name, ignored -> {}).run(move);
    }

    @Override
    public void copy(Move move, List<ShardCollection> collections)
        throws ShardException, StepFailed, CollectionChanged, InterruptedException {
      call("copy", move);
    }

    @Override
    public void verify(Move move, List<ShardCollection> collections)
        throws ShardException, StepFailed, CollectionChanged, InterruptedException {
      call("verify", move);
    }

    @Override
    public boolean drop(Move move, List<ShardCollection> collections)
        throws ShardException, StepFailed, CollectionChanged, InterruptedException {
      call("drop", move);
      return calls.stream().filter("drop"::equals).count() > 1;
    }

    @Override
    public void wipe(Move move)
        throws ShardException, StepFailed, CollectionChanged, InterruptedException {
      call("wipe", move);
    }
  }

  @BeforeEach
  void theJoiningShardIsEmpty() {
    cluster.shards.at(FakeCluster.N).delay = Duration.ofMillis(1);
  }

  /** Begins to lead, in virtual time. */
  private void lead() {
    MigrationExecutor executor =
        new MigrationExecutor(cluster.term, cluster.ports(), cluster.settings(), data);
    running =
        cluster.world.start(
            "executor",
            () -> {
              executor.run();
              return "fenced";
            });
  }

  private void start(MigrationKind kind) {
    boolean grow = kind == MigrationKind.GROW;
    cluster.accept(
        new Command.StartMigration(
            new MovePlan(
                kind,
                grow ? 3 : 2,
                grow ? FakeCluster.N : FakeCluster.url(2),
                List.of(),
                false,
                List.of()),
            0,
            cluster.term));
  }

  private Phase awaitEnd() throws InterruptedException {
    cluster.world.await(() -> cluster.state().migrations().active().isEmpty(), Duration.ofHours(1));
    return cluster.move().phase();
  }

  private void await(Phase phase) throws InterruptedException {
    cluster.world.await(() -> cluster.move().phase() == phase, Duration.ofHours(1));
    assertEquals(phase, cluster.move().phase());
  }

  private List<Phase> way() {
    return cluster.move().steps().stream().map(PhaseEntry::phase).toList();
  }

  private void newLeader() {
    cluster.term++;
    lead();
  }

  private void at(int second, Runnable change) {
    cluster.at(Duration.ofSeconds(second), change);
  }

  @Test
  void growsFromTheStartToTheEnd() throws InterruptedException {
    lead();
    start(MigrationKind.GROW);
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
    start(MigrationKind.DRAIN);
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
    start(MigrationKind.GROW);
    awaitEnd();
    // Two barriers of 2 s staleness and 10 s request drain; a survey ends with the first of them.
    assertBetween(
        Duration.ofSeconds(24), Duration.ofSeconds(27), cluster.world.elapsed().minus(before));
  }

  @Test
  void aNewLeaderAbandonsWhatWasOnlyPrepared() throws InterruptedException {
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    newLeader();
    assertEquals(Phase.FAILED, awaitEnd());
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void aNewLeaderIsQuietBeforeItTouchesPointsInEveryPhase() throws InterruptedException {
    for (Phase phase :
        List.of(
            Phase.ADOPTING,
            Phase.COPYING,
            Phase.VERIFYING,
            Phase.WARMING,
            Phase.SETTLING,
            Phase.DROPPING,
            Phase.COOLING)) {
      assertQuiet(phase, false);
    }
    assertQuiet(Phase.COPYING, true);
  }

  private void assertQuiet(Phase phase, boolean cancelled) throws InterruptedException {
    FakeCluster fresh = new FakeCluster();
    fresh.shards.at(FakeCluster.N).has("docs", 0);
    fresh.begin(MigrationKind.GROW, phase);
    fresh.term++;
    List<Duration> touched = new ArrayList<>();
    MigrationExecutor executor =
        new MigrationExecutor(
            fresh.term, fresh.ports(), fresh.settings(), new Noting(touched, fresh));
    assertEquals(Duration.ofSeconds(14), executor.takeoverLeft());
    var unused =
        fresh.world.start(
            "executor",
            () -> {
              executor.run();
              return "";
            });
    if (cancelled) {
      fresh.accept(new Command.CancelMigration(1, false));
    }
    fresh.world.await(() -> fresh.state().migrations().active().isEmpty(), Duration.ofHours(1));
    Duration quiet = Duration.ofSeconds(14);
    assertTrue(
        touched.stream().allMatch(when -> when.compareTo(quiet) >= 0), phase + " " + touched);
    long ended = fresh.move().finishedMillis().orElseThrow() - VirtualWorld.EPOCH_MILLIS;
    assertTrue(ended >= 14_000, phase + " ended after " + ended + " ms");
    if (phase == Phase.ADOPTING || phase == Phase.SETTLING || cancelled) {
      assertTrue(ended >= 24_000, "the quiet period ends before the drain begins: " + ended);
    }
  }

  private record Noting(List<Duration> touched, FakeCluster cluster) implements DataSteps {
    @Override
    public void survey(Move move) {}

    private void note() {
      touched.add(cluster.world.elapsed());
    }

    @Override
    public void copy(Move move, List<ShardCollection> collections) {
      note();
    }

    @Override
    public void verify(Move move, List<ShardCollection> collections) {
      note();
    }

    @Override
    public boolean drop(Move move, List<ShardCollection> collections) {
      note();
      return true;
    }

    @Override
    public void wipe(Move move) {
      note();
    }
  }

  @Test
  void timeAloneDoesNotEndTheQuietOfATakeover() throws InterruptedException {
    List<Duration> copied = new ArrayList<>();
    data.deeds.put("copy", move -> copied.add(cluster.world.elapsed()));
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    cluster.accept(new Command.PauseMigration(1));
    newLeader();
    cluster.world.sleep(Duration.ofMinutes(2));
    Duration resumed = cluster.world.elapsed();
    cluster.accept(new Command.ResumeMigration(1));
    awaitEnd();
    assertTrue(
        copied.get(0).minus(resumed).compareTo(Duration.ofSeconds(10)) >= 0,
        "a shard that stood still all the while may have an old request inside");
  }

  @Test
  void aNewLeaderVerifiesAgainBeforeTheFlip() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    cluster.begin(MigrationKind.GROW, Phase.WARMING);
    newLeader();
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("verify", "drop", "drop"), data.calls);
  }

  @Test
  void aStepThatCannotBeDoneTurnsTheMoveBack() throws InterruptedException {
    data.deeds.put(
        "verify",
        move -> {
          throw new StepFailed("20 rounds and no end");
        });
    lead();
    start(MigrationKind.GROW);
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
    start(MigrationKind.GROW);
    await(Phase.DROPPING);
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
    start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(4, data.calls.stream().filter("copy"::equals).count());
    assertEquals(2, data.calls.stream().filter("verify"::equals).count() - 1);
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
    start(MigrationKind.GROW);
    awaitEnd();
    assertTrue(tries.get(1).minus(tries.get(0)).compareTo(Duration.ofSeconds(10)) >= 0);
  }

  @Test
  void aCancelEndsTheStepAndTheCopiesAreRemovedWhenNobodyWritesThemAnyMore()
      throws InterruptedException {
    List<Duration> wiped = new ArrayList<>();
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    data.deeds.put("wipe", move -> wiped.add(cluster.world.elapsed()));
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    cluster.world.sleep(Duration.ofSeconds(3));
    Duration cancelled = cluster.world.elapsed();
    cluster.accept(new Command.CancelMigration(1, false));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertTrue(wiped.get(0).minus(cancelled).compareTo(Duration.ofSeconds(20)) >= 0);
  }

  private static void untilStopped(Move move) throws InterruptedException {
    while (true) {
      move.control().check();
      move.time().sleep(Duration.ofMillis(200));
    }
  }

  @Test
  void aPauseStopsTheStepAndAResumeGoesOn() throws InterruptedException {
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    cluster.accept(new Command.PauseMigration(1));
    cluster.world.sleep(Duration.ofMinutes(5));
    assertEquals(1, data.calls.size());
    assertEquals(MigrationState.PAUSED, cluster.move().state());
    data.deeds.clear();
    cluster.accept(new Command.ResumeMigration(1));
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void aJoiningShardThatDiesIsGivenUp() throws InterruptedException {
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    Duration died = cluster.world.elapsed();
    cluster.shards.at(FakeCluster.N).down = true;
    await(Phase.REVERTING);
    assertBetween(
        Duration.ofSeconds(10), Duration.ofSeconds(13), cluster.world.elapsed().minus(died));
    cluster.world.sleep(Duration.ofSeconds(60));
    assertTrue(cluster.move().holds());
    cluster.accept(new Command.RetryMigration(1, OptionalLong.of(3)));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals(List.of(FakeCluster.N), cluster.move().leftDirty());
    assertFalse(data.calls.contains("wipe"));
  }

  @Test
  void aJoiningShardThatOnlyStumblesIsNot() throws InterruptedException {
    data.deeds.put("copy", move -> move.time().sleep(Duration.ofSeconds(30)));
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    cluster.shards.at(FakeCluster.N).down = true;
    at(8, () -> cluster.shards.at(FakeCluster.N).down = false);
    at(11, () -> cluster.shards.at(FakeCluster.N).down = true);
    at(19, () -> cluster.shards.at(FakeCluster.N).down = false);
    assertEquals(Phase.DONE, awaitEnd());
  }

  @Test
  void aJoiningShardThatDiesWhilePausedIsGivenUpToo() throws InterruptedException {
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    cluster.accept(new Command.PauseMigration(1));
    cluster.shards.at(FakeCluster.N).down = true;
    await(Phase.REVERTING);
  }

  @Test
  void aDonorThatDiesHoldsTheMoveUntilItIsBack() throws InterruptedException {
    data.deeds.put(
        "copy",
        move -> {
          if (cluster.shards.at(FakeCluster.url(0)).down) {
            throw new ShardException(Kind.NEVER_SENT, FakeCluster.url(0), "refused");
          }
        });
    lead();
    start(MigrationKind.GROW);
    await(Phase.ADOPTING);
    cluster.shards.at(FakeCluster.url(0)).down = true;
    cluster.world.sleep(Duration.ofMinutes(3));
    assertEquals(MigrationState.HOLDING, cluster.move().state());
    assertTrue(cluster.move().waitingOn().orElseThrow().detail().contains(FakeCluster.url(0)));
    cluster.shards.at(FakeCluster.url(0)).down = false;
    assertEquals(Phase.DONE, awaitEnd());
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
    lead();
    start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void anUnknownOutcomeIsLookedUp() throws InterruptedException {
    cluster.outcomesUnknown = true;
    lead();
    start(MigrationKind.GROW);
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void nothingIsRepairedWhileAFlipMayStillBeLogged() throws InterruptedException {
    cluster.underWay =
        command -> {
          boolean flip =
              command instanceof Command.AdvanceMigration advance && advance.to() == Phase.PROMOTED;
          if (flip) {
            cluster.routers.put(FakeCluster.R1, map -> map.withVersion(map.version() - 1));
            at(20, () -> cluster.routers.put(FakeCluster.R1, map -> map));
          }
          return flip;
        };
    lead();
    start(MigrationKind.GROW);
    await(Phase.WARMING);
    cluster.world.sleep(Duration.ofMinutes(1));
    assertEquals(List.of("copy", "verify"), data.calls);
    cluster.underWay = command -> false;
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of("copy", "verify", "drop", "drop"), data.calls);
  }

  @Test
  void copiesThatAreToBeKeptAfterAllEndTheirRemoval() throws InterruptedException {
    String leaving = FakeCluster.url(2);
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    data.deeds.put(
        "wipe",
        move -> {
          cluster.shards.at(leaving).down = true;
          while (true) {
            move.control().check();
            move.control().hold("shard", leaving + " is away");
          }
        });
    lead();
    start(MigrationKind.DRAIN);
    await(Phase.COPYING);
    cluster.accept(new Command.CancelMigration(1, false));
    cluster.world.sleep(Duration.ofMinutes(3));
    assertTrue(cluster.move().holds());
    cluster.accept(new Command.CancelMigration(1, true));
    assertEquals(Phase.REVERTED, awaitEnd());
    assertEquals(List.of("copy", "wipe"), data.calls);
  }

  @Test
  void aLeavingShardThatDiesAfterTheFlipIsSkipped() throws InterruptedException {
    String leaving = FakeCluster.url(2);
    lead();
    start(MigrationKind.DRAIN);
    await(Phase.DROPPING);
    cluster.shards.at(leaving).down = true;
    cluster.world.sleep(Duration.ofMinutes(2));
    assertEquals(MigrationState.HOLDING, cluster.move().state());
    cluster.accept(new Command.RetryMigration(1, OptionalLong.of(2)));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of(leaving), cluster.move().leftDirty());
  }

  @Test
  void aDropEndsWhenAllDonorsAreSkipped() throws InterruptedException {
    lead();
    start(MigrationKind.GROW);
    await(Phase.DROPPING);
    for (long id = 0; id < 3; id++) {
      cluster.shards.at(FakeCluster.url(id)).down = true;
    }
    cluster.world.sleep(Duration.ofMinutes(2));
    for (long id = 0; id < 3; id++) {
      cluster.world.await(() -> cluster.move().holds(), Duration.ofMinutes(30));
      cluster.accept(new Command.RetryMigration(1, OptionalLong.of(id)));
    }
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(3, cluster.move().leftDirty().size());
  }

  @Test
  void aPauseClosesTheSearchesThatBuildIndexes() throws InterruptedException {
    FakeShards.Fake donor = cluster.shards.at(FakeCluster.url(0));
    donor.rows.put("docs", List.of(IndexTest.row("a")));
    data.deeds.put("drop", MigrationExecutorTest::untilStopped);
    lead();
    start(MigrationKind.GROW);
    await(Phase.DROPPING);
    donor.indexReady("docs", false);
    cluster.world.sleep(Duration.ofSeconds(3));
    assertEquals(1, donor.openSearches);
    cluster.accept(new Command.PauseMigration(1));
    cluster.world.sleep(Duration.ofSeconds(3));
    assertEquals(0, donor.openSearches);
  }

  @Test
  void aDonorThatDiesWhileTheFlipIsAdoptedIsSkipped() throws InterruptedException {
    String donor = FakeCluster.url(0);
    lead();
    start(MigrationKind.GROW);
    await(Phase.SETTLING);
    cluster.shards.at(donor).down = true;
    cluster.world.sleep(Duration.ofMinutes(2));
    assertEquals(MigrationState.HOLDING, cluster.move().state());
    cluster.accept(new Command.RetryMigration(1, OptionalLong.of(0)));
    assertEquals(Phase.DONE, awaitEnd());
    assertEquals(List.of(donor), cluster.move().leftDirty());
  }

  @Test
  void coolingEndsThoughTheOwnerNeverAnswersAgain() throws InterruptedException {
    lead();
    start(MigrationKind.GROW);
    await(Phase.COOLING);
    cluster.shards.at(FakeCluster.N).down = true;
    assertEquals(Phase.DONE, awaitEnd());
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofMinutes(15)) < 0);
  }

  @Test
  void aDeposedLeaderLogsNothingAndEnds() throws Exception {
    data.deeds.put("copy", MigrationExecutorTest::untilStopped);
    lead();
    start(MigrationKind.GROW);
    await(Phase.COPYING);
    Tasks.Task<String> old = running;
    cluster.term++;
    int logged = cluster.logged.size();
    assertEquals("fenced", old.join());
    assertEquals(logged, cluster.logged.size());
  }

  @Test
  void progressIsLoggedBeforeThePhaseIsLeft() throws InterruptedException {
    data.deeds.put(
        "copy", move -> move.control().moved(new MovePart("docs", 0, 3, 5, 5, 5, "p5", true), 50));
    lead();
    start(MigrationKind.GROW);
    awaitEnd();
    assertEquals(5, cluster.move().progress().pointsDone());
    assertEquals(50, cluster.move().progress().bytesDone());
  }
}
