// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.migration.points.FakeShards.Call;
import io.quiverdb.coordinator.migration.points.FakeShards.Hook;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopyTest {
  @Test
  void copiesTheSliceAndNothingElse() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(1_000);
    world.seed("", "\"the empty id\"");
    Map<String, String> truth = world.truth();
    copy(world);
    assertEquals(truth, world.held(JOINING));
    assertEquals(truth, world.truth(), "donors stay as they are");
    assertEquals(0, world.shards.count(Op.FETCH, url(JOINING)), "blind");
    assertEquals(0, world.shards.count(Op.POINT, url(JOINING)), "blind");
  }

  @Test
  void copiesFromMoreDonorsThanAreReadAtOnce() throws Exception {
    FakeWorld world = FakeWorld.many(MigrationKind.GROW);
    world.seed(3_000);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void copiesTheSliceWhateverIsReadAndWrittenFirst(long seed) throws Exception {
    FakeWorld world = FakeWorld.grow(IndexKind.IVF, FakeWorld.pages(30));
    world.tasks = FakeTasks.dawdling(seed);
    world.seed(1_000);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertEquals(3, world.control.moved.stream().filter(MigrationPart::done).count());
    for (MigrationPart part : world.control.moved) {
      assertTrue(part.pointsDone() <= part.pointsTotal());
    }
  }

  /** Rows that waited for hours would be older than the shard's own when they come. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void aRequestHasNoMoreThanTheThrottleLetsThroughInASecond(int limit) throws Exception {
    FakeWorld world = FakeWorld.grow(IndexKind.IVF, Limits.DEFAULT);
    world.seed(200);
    world.control.migration = world.control.migration.withThrottle(limit);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertEquals(
        limit,
        world.shards.calls.stream()
            .filter(call -> call.op() == Op.BULK)
            .mapToInt(Call::rows)
            .max()
            .orElseThrow());
  }

  @Test
  void anOrphanOnAThirdShardIsNotTheTruth() throws Exception {
    FakeWorld world = FakeWorld.grow();
    String gone = world.moving(0, JOINING, 0);
    String overwritten = world.moving(0, JOINING, 1);
    world.store(1, gone, "\"stale\"");
    world.store(1, overwritten, "\"stale\"");
    world.seed(overwritten, "\"true\"");
    copy(world);
    assertEquals(Map.of(overwritten, "\"true\""), world.held(JOINING));
  }

  @Test
  void loadsInBulkOnlyWhatGainsByItOntoAShardWithoutReplicas() throws Exception {
    assertEquals(Set.of(Op.BULK), ways(FakeWorld.grow(IndexKind.IVF, Limits.DEFAULT)));
    assertEquals(Set.of(Op.BULK), ways(FakeWorld.grow(IndexKind.VAMANA, Limits.DEFAULT)));
    assertEquals(Set.of(Op.UPSERT), ways(FakeWorld.grow(IndexKind.HNSW, Limits.DEFAULT)));
    FakeWorld replicated = FakeWorld.grow(IndexKind.IVF, Limits.DEFAULT, "http://replica");
    assertEquals(Set.of(Op.UPSERT), ways(replicated));
    assertTrue(writes(replicated).stream().allMatch(call -> call.ids().size() <= 200));
  }

  private static Set<Op> ways(FakeWorld world) throws Exception {
    world.seed(3_000);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    return writes(world).stream().map(Call::op).collect(Collectors.toSet());
  }

  @Test
  void boundsABulkLoadByItsBytes() throws Exception {
    FakeWorld world = FakeWorld.grow(IndexKind.IVF, Limits.DEFAULT);
    String payload = '"' + "x".repeat(1_000) + '"';
    for (int i = 0; i < 200; i++) {
      world.seed(FakeWorld.key(i), payload);
    }
    MigrationContext context =
        world.context(SampleMigrations.settings(20, 5, Duration.ofSeconds(10), 10_000));
    new Copy(context, world.calls(context)).run(world.collections());
    assertEquals(world.truth(), world.held(JOINING));
    assertTrue(writes(world).stream().allMatch(call -> call.ids().size() <= 9));
  }

  /**
   * Over a slow link a large body is cut short when the leader's lease ends; and who closes the
   * connection while it comes may have refused it.
   */
  @ParameterizedTest
  @CsvSource({"HNSW, TIMED_OUT", "IVF, TIMED_OUT", "HNSW, BROKEN", "IVF, BROKEN"})
  void sendsLessOfWhatGetsNoAnswer(IndexKind kind, Kind failure) throws Exception {
    FakeWorld world = FakeWorld.grow(kind, Limits.DEFAULT);
    world.seed(2_000);
    world.shards.fail(
        failure,
        call -> (call.op() == Op.BULK || call.op() == Op.UPSERT) && call.ids().size() > 20);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
  }

  @Test
  void reportsEachBatchAndTheEndOfEachPart() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(500);
    copy(world);
    int moved = world.held(JOINING).size();
    List<MigrationPart> done = world.control.moved.stream().filter(MigrationPart::done).toList();
    assertEquals(3, done.size());
    assertEquals(moved, done.stream().mapToLong(MigrationPart::pointsDone).sum());
    assertEquals(moved, done.stream().mapToLong(MigrationPart::pointsTotal).sum());
    assertEquals(moved, world.control.throttled);
    assertTrue(world.control.bytes > 40L * moved, world.control.bytes + " bytes");
  }

  @Test
  void goesOnFromTheLoggedCursorWhereverItWasStopped() throws Exception {
    int stops = 0;
    for (int stop = 1; stoppedAt(stop); stop += 11) {
      stops++;
    }
    assertTrue(stops > 5, stops + " places");
  }

  /** Stops a copy at a place, and begins again; whether it has come that far. */
  private static boolean stoppedAt(int stop) throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(20));
    world.seed(600);
    int[] left = {stop};
    world.control.onCheck =
        () -> {
          if (--left[0] == 0) {
            throw new StepStopped("another leader");
          }
        };
    try {
      copy(world);
      return false;
    } catch (StepStopped e) {
      world.control.onCheck = () -> {};
    }
    world.logged(List.copyOf(world.control.moved));
    Set<String> logged = new HashSet<>();
    for (MigrationPart part : world.control.migration.progress().parts()) {
      world.truth().keySet().stream()
          .filter(id -> world.donor(id).getAsLong() == part.from())
          .filter(id -> part.pointsDone() > 0 && id.compareTo(part.lastId()) <= 0)
          .forEach(logged::add);
    }
    // Clients delete before the cursor.
    logged.stream().sorted().limit(5).toList().forEach(world::delete);
    int before = world.shards.calls.size();
    copy(world);
    assertEquals(world.truth(), world.held(JOINING), "stopped at " + stop);
    world.shards.calls.subList(before, world.shards.calls.size()).stream()
        .filter(call -> call.op() == Op.UPSERT)
        .flatMap(call -> call.ids().stream())
        .forEach(id -> assertFalse(logged.contains(id), id + " was logged as copied"));
    return true;
  }

  @Test
  void halvesWhatIsRefused() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(2_000);
    world.shards.fail(Kind.REFUSED, call -> call.op() == Op.UPSERT && call.ids().size() > 7);
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    long refused = writes(world).stream().filter(call -> call.ids().size() > 7).count();
    assertTrue(refused <= 3, refused + " were refused: it does not come back to that size");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"REFUSED", "BROKEN"})
  void namesTheOneRowThatIsRefused(Kind refusal) {
    FakeWorld world = FakeWorld.grow();
    world.seed(400);
    String bad = world.truth().keySet().stream().skip(33).findFirst().orElseThrow();
    world.shards.fail(refusal, call -> call.op() == Op.UPSERT && call.ids().contains(bad));
    StepFailed e = assertThrows(StepFailed.class, () -> copy(world));
    assertTrue(e.getMessage().contains(bad), e.getMessage());
    assertTrue(e.getMessage().contains(DOCS), e.getMessage());
  }

  @Test
  void aTargetThatLostTheCollectionIsNoRefusedRow() {
    FakeWorld world = FakeWorld.grow();
    world.seed(400);
    world.core(JOINING).drop(DOCS);
    CollectionChanged e = assertThrows(CollectionChanged.class, () -> copy(world));
    assertTrue(e.isAbout(FakeWorld.shard(JOINING)));
  }

  @Test
  void waitsUntilAWriteWithoutAnAnswerCanTakeEffectNoMore() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    long[] answersAt = {Long.MAX_VALUE};
    world.shards.hooks.add(
        new Hook() {
          private boolean lost;

          @Override
          public void before(Call call) throws ShardException {
            if (call.is(Op.ROLE, url(JOINING)) && world.shards.count(Op.ROLE, call.url()) < 4) {
              throw FakeShards.failure(Kind.TIMED_OUT, call);
            }
            if (call.is(Op.ROLE, url(JOINING)) && answersAt[0] == Long.MAX_VALUE) {
              answersAt[0] = world.time.nanos();
            }
          }

          @Override
          public void after(Call call) throws ShardException {
            if (call.op() == Op.UPSERT && !lost) {
              lost = true;
              throw FakeShards.failure(Kind.TIMED_OUT, call);
            }
          }
        });
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertTrue(
        world.time.nanos() - answersAt[0] >= Duration.ofSeconds(10).toNanos(),
        "time counts from when the shard answers again");
  }

  @Test
  void everyAnsweredWriteLeavesNothingToWaitFor() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    copy(world);
    assertEquals(0, world.shards.count(Op.ROLE, url(JOINING)));
  }

  @Test
  void holdsWhileADonorIsAwayAndGoesOnWhenItIsBack() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(1_000);
    boolean[] away = {false};
    world.shards.before(
        call -> {
          if (call.is(Op.FETCH, url(1)) && world.shards.count(Op.FETCH, url(1)) == 3) {
            away[0] = true;
          }
          if (away[0] && call.url().equals(url(1))) {
            throw FakeShards.failure(Kind.NEVER_SENT, call);
          }
        });
    world.control.onHold =
        what -> {
          assertEquals("shard", what);
          away[0] = world.control.holds.size() < 4;
        };
    copy(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertEquals(4, world.control.holds.size());
    assertTrue(world.control.holds.get(0).contains(url(1)), world.control.holds.get(0));
  }

  @Test
  void aMemberOfARaftGroupHoldsTheMigration() {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    world.shards.fail(Kind.RAFT_FOLLOWER, call -> call.op() == Op.UPSERT);
    assertThrows(StepStopped.class, () -> copy(world), "nobody helps");
    assertEquals(Map.of(), world.held(JOINING));
    assertTrue(world.control.holds.get(0).contains(url(JOINING)));
  }

  @Test
  void asksTheLogBeforeItTriesAgain() {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    world.shards.before(
        call -> {
          if (call.op() == Op.UPSERT) {
            world.control.onCheck =
                () -> {
                  throw new StepStopped("paused");
                };
            throw FakeShards.failure(Kind.BUSY, call);
          }
        });
    assertThrows(StepStopped.class, () -> copy(world));
    assertEquals(1, writes(world).size());
  }

  @Test
  void asksTheLogBeforeEveryRequestThatChangesSomething() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(500);
    int[] checks = {0};
    List<Integer> seen = new ArrayList<>();
    world.control.onCheck = () -> checks[0]++;
    world.shards.before(
        call -> {
          if (call.op() == Op.UPSERT) {
            seen.add(checks[0]);
          }
        });
    copy(world);
    assertEquals(seen.size(), new HashSet<>(seen).size());
  }

  private static List<Call> writes(FakeWorld world) {
    return world.shards.calls.stream()
        .filter(call -> call.op() == Op.UPSERT || call.op() == Op.BULK)
        .toList();
  }

  private static void copy(FakeWorld world) throws Exception {
    MigrationContext context = world.migration();
    new Copy(context, world.calls(context)).run(world.collections());
  }
}
