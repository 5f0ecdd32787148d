// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.migration.points.FakeShards.Call;
import io.quiverdb.coordinator.migration.points.FakeShards.Hook;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconcileTest {
  private static final String OLD = "\"old\"";
  private static final String NEW = "\"new\"";

  @Test
  void provesACopyByOneRoundThatWritesNothing() throws Exception {
    FakeWorld world = copied(1_000);
    int before = world.shards.calls.size();
    verify(world);
    assertEquals(List.of(2), world.control.rounds);
    assertEquals(List.of("request_drain"), world.quiets, "clients' writes that a copy undid");
    assertTrue(
        world.shards.calls.subList(before, world.shards.calls.size()).stream()
            .noneMatch(call -> call.op() == Op.UPSERT || call.op() == Op.DELETE));
  }

  @Test
  void repairsWhatIsMissingOtherwiseOrTooMuch() throws Exception {
    for (FakeWorld world : List.of(copied(1_000), copiedOntoMany())) {
      List<String> ids = List.copyOf(world.truth().keySet());
      world.erase(JOINING, ids.get(0));
      world.store(JOINING, ids.get(1), OLD);
      world.store(JOINING, world.moving(0, JOINING, 5_000), OLD);
      world.store(JOINING, world.staying(1, 0), OLD);
      verify(world);
      assertEquals(world.truth(), world.held(JOINING));
      assertEquals(List.of(2, 3), world.control.rounds);
    }
  }

  private static FakeWorld copiedOntoMany() throws Exception {
    FakeWorld world = FakeWorld.many(MigrationKind.GROW);
    world.seed(2_000);
    copy(world);
    return world;
  }

  @Test
  void anOrphanOnAThirdShardChangesNothing() throws Exception {
    FakeWorld world = copied(300);
    world.store(1, world.moving(0, JOINING, 900), OLD);
    world.store(
        1,
        world.truth().keySet().stream().filter(id -> from(world, id, 0)).findFirst().orElseThrow(),
        OLD);
    Map<String, String> before = world.held(JOINING);
    verify(world);
    assertEquals(before, world.held(JOINING));
    assertEquals(List.of(2), world.control.rounds);
  }

  private static boolean from(FakeWorld world, String id, long shard) {
    return world.donor(id).getAsLong() == shard;
  }

  @Test
  void aPutWhileARepairIsHeldBeforeItIsSent() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    duringFirstRepair(world, () -> world.put(id, NEW));
    verify(world);
    assertEquals(NEW, world.held(JOINING).get(id));
    assertEquals(NEW, world.held(0).get(id));
  }

  @Test
  void aDeleteWhileARepairIsHeldBeforeItIsSent() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    duringFirstRepair(world, () -> world.delete(id));
    verify(world);
    assertFalse(world.held(JOINING).containsKey(id), "the repair brought it back");
  }

  @Test
  void aPutThatIsOnTheTargetWhenARepairUndoesItAndNotYetAtTheDonor() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    duringFirstRepair(
        world,
        () -> {
          world.store(JOINING, id, NEW);
          world.time.in(Duration.ofMillis(9_900), () -> world.store(0, id, NEW));
        });
    verify(world);
    world.time.sleep(Duration.ofMinutes(1));
    assertEquals(NEW, world.held(JOINING).get(id));
  }

  @Test
  void aPutThatIsOnTheTargetWhenTheCopyUndoesItAndNotYetAtTheDonor() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(100);
    String id = world.moving(0, JOINING, 0);
    world.seed(id, OLD);
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.is(Op.UPSERT, url(JOINING)) && call.ids().contains(id) && !once[0]) {
            once[0] = true;
            world.store(JOINING, id, NEW);
            world.time.in(Duration.ofMillis(9_900), () -> world.store(0, id, NEW));
          }
        });
    copy(world);
    verify(world);
    world.time.sleep(Duration.ofMinutes(1));
    assertEquals(NEW, world.held(JOINING).get(id));
  }

  @Test
  void aRepairThatTimedOutAndIsAppliedLate() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    Duration late = Duration.ofSeconds(60);
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.is(Op.UPSERT, url(JOINING)) && call.ids().contains(id) && !once[0]) {
            once[0] = true;
            Point stale = world.core(0).point(DOCS, id).orElseThrow();
            world.time.in(Duration.ofSeconds(1), () -> world.put(id, NEW));
            world.time.in(
                Duration.ofSeconds(55),
                () -> world.core(JOINING).upsert(DOCS, List.of(stale), false));
            throw FakeShards.failure(Kind.TIMED_OUT, call);
          }
        });
    MigrationContext context = world.context(SampleMigrations.settings(20, 5, late, 8 << 20));
    new Reconcile(context, world.calls(context)).untilEqual(world.collections());
    world.time.sleep(Duration.ofMinutes(5));
    assertEquals(NEW, world.held(JOINING).get(id));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TIMED_OUT", "BROKEN", "BUSY", "UNAVAILABLE", "NEVER_SENT"})
  void anErrorIsNeverAbsence(Kind kind) throws Exception {
    FakeWorld world = copied(300);
    String id = world.truth().keySet().iterator().next();
    world.store(JOINING, id, OLD);
    int[] reads = {0};
    world.shards.fail(
        kind, call -> (call.op() == Op.FETCH || call.op() == Op.POINT) && ++reads[0] % 3 != 0);
    verify(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertEquals(0, world.shards.count(Op.DELETE, url(JOINING)));
  }

  @Test
  void aCollectionThatIsMissingOnOneSideIsNotEmpty() throws Exception {
    FakeWorld world = copied(300);
    Map<String, String> before = world.held(JOINING);
    world.core(1).drop(DOCS);
    CollectionChanged e = assertThrows(CollectionChanged.class, () -> verify(world));
    assertTrue(e.isAbout(FakeWorld.shard(1)));
    assertEquals(before, world.held(JOINING));
  }

  @Test
  void aPageOutOfOrderIsNoAnswer() throws Exception {
    FakeWorld world = copied(300);
    world.shards.pages =
        rows -> {
          List<Row> turned = new ArrayList<>(rows);
          Collections.reverse(turned);
          return turned;
        };
    assertThrows(StepFailed.class, () -> verify(world));
    assertEquals(0, world.shards.count(Op.DELETE, url(JOINING)));
  }

  @Test
  void aHotKeyThatNeverConvergesMeetsTheRoundLimit() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    int[] value = {0};
    world.shards.hooks.add(
        new Hook() {
          @Override
          public void after(Call call) {
            if (call.url().equals(url(0)) && (call.op() == Op.FETCH || call.op() == Op.POINT)) {
              world.store(0, id, ++value[0]);
            }
          }
        });
    MigrationContext context = world.context(SampleMigrations.settings(6, 5));
    Reconcile reconcile = new Reconcile(context, world.calls(context));
    StepFailed e = assertThrows(StepFailed.class, () -> reconcile.untilEqual(world.collections()));
    assertEquals(List.of(2, 3, 4, 5, 6), world.control.rounds);
    assertTrue(e.getMessage().contains("1 points of docs"), e.getMessage());
  }

  @Test
  void aHotKeyIsComparedAFewTimesBeforeItCountsAsDifferent() throws Exception {
    FakeWorld world = withOneDifference();
    String id = world.moving(0, JOINING, 0);
    int[] reads = {0};
    world.shards.before(
        call -> {
          if (call.is(Op.POINT, url(JOINING)) && ++reads[0] < 8) {
            world.put(id, reads[0]);
          }
        });
    verify(world);
    assertEquals(8, reads[0]);
    assertEquals(List.of(2, 3), world.control.rounds);
    assertEquals(1, world.shards.count(Op.UPSERT, url(JOINING)));
  }

  @Test
  void comparesFewOnesByReadingPointsAndTheEmptyIdByTheListing() throws Exception {
    FakeWorld world = copied(300);
    world.seed("", OLD);
    boolean migrations = world.donor("").isPresent();
    String id = world.truth().keySet().stream().filter(i -> !i.isEmpty()).findFirst().orElseThrow();
    world.erase(JOINING, id);
    if (!migrations) {
      world.store(JOINING, "", OLD);
    }
    verify(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertEquals(1, world.shards.count(Op.POINT, url(JOINING)));
    assertEquals(List.of(2, 3), world.control.rounds);
  }

  @Test
  void comparesManyByAnotherScanOfThoseOnly() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(12_000);
    verify(world);
    assertEquals(world.truth(), world.held(JOINING));
    assertTrue(world.truth().size() > 2_000);
    assertEquals(0, world.shards.count(Op.POINT, url(JOINING)));
    assertEquals(List.of(2, 3), world.control.rounds);
    assertEquals(0, world.shards.count(Op.BULK, url(JOINING)), "an index may be there already");
  }

  @Test
  void whatWasFoundEqualIsNotJudgedAgain() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(14_000);
    copy(world);
    List<String> ids = List.copyOf(world.truth().keySet());
    String equal = ids.get(0);
    ids.subList(1, 2_600).forEach(id -> world.erase(JOINING, id));
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.op() == Op.FETCH && world.control.rounds.contains(3) && !once[0]) {
            once[0] = true;
            world.store(JOINING, equal, NEW);
            world.time.in(Duration.ofSeconds(9), () -> world.put(equal, NEW));
          }
        });
    verify(world);
    assertEquals(List.of(2, 3), world.control.rounds, "a put under way is no reason for another");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void becomesEqualUnderWritersWhateverIsReadAndWrittenFirst(long seed) throws Exception {
    for (FakeWorld world :
        List.of(FakeWorld.grow(FakeWorld.pages(30)), FakeWorld.drain(FakeWorld.pages(30)))) {
      world.tasks = FakeTasks.dawdling(seed);
      world.seed(600);
      Random random = new Random(seed);
      int[] writes = {2_000};
      // A client writes at any moment, first here, then, within the drain, there.
      world.shards.before(
          call -> {
            if (--writes[0] > 0) {
              String id = FakeWorld.key(random.nextInt(700));
              boolean delete = random.nextInt(3) == 0;
              int value = writes[0];
              if (world.time.nanos() > world.busyUntil(id)) {
                world.writeSlowly(id, delete, value, Duration.ofMillis(random.nextInt(9_000)));
              }
            }
          });
      MigrationSettings settings = SampleMigrations.settings(20, 1_000);
      MigrationContext context = world.context(settings);
      PacedPointOperations steps = new PacedPointOperations(settings);
      steps.copy(context, world.collections());
      steps.verify(context, world.collections());
      world.time.sleep(Duration.ofMinutes(1));
      assertEquals(world.truth(), world.copies());
    }
  }

  private static FakeWorld copied(int points) throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(points);
    copy(world);
    world.control.rounds.clear();
    return world;
  }

  /** Shard 0's first moving id is old on the joining shard. */
  private static FakeWorld withOneDifference() throws Exception {
    FakeWorld world = copied(100);
    String id = world.moving(0, JOINING, 0);
    world.put(id, "\"from before\"");
    world.store(JOINING, id, OLD);
    world.shards.calls.clear();
    return world;
  }

  private static void duringFirstRepair(FakeWorld world, Runnable client) {
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.is(Op.UPSERT, url(JOINING)) && !once[0]) {
            once[0] = true;
            client.run();
          }
        });
  }

  private static void copy(FakeWorld world) throws Exception {
    MigrationContext context = world.migration();
    new Copy(context, world.calls(context)).run(world.collections());
    world.control.rounds.clear();
    world.shards.calls.clear();
  }

  static void verify(FakeWorld world) throws Exception {
    MigrationContext context = world.migration();
    new Reconcile(context, world.calls(context)).untilEqual(world.collections());
  }
}
