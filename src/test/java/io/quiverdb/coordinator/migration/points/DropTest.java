// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DropTest {
  private static final String OLD = "\"old\"";
  private static final String NEW = "\"new\"";

  @Test
  void removesTheSliceFromEveryDonorAndNothingElse() throws Exception {
    FakeWorld world = flipped(1_000);
    Map<String, String> target = world.held(JOINING);
    Map<String, String> others = stayingPoints(world);
    assertFalse(pass(world), "this pass found some");
    assertTrue(pass(world), "this one finds none");
    assertEquals(Map.of(), world.truth());
    assertEquals(others, stayingPoints(world));
    assertEquals(target, world.held(JOINING));
    assertEquals(List.of(), world.spilled, "nothing was missing");
  }

  private static Map<String, String> stayingPoints(FakeWorld world) {
    Map<String, String> staying = new TreeMap<>();
    world.during.shards().stream()
        .filter(shard -> shard.id() != JOINING)
        .forEach(shard -> staying.putAll(world.held(shard.id())));
    staying.keySet().removeIf(id -> world.donor(id).isPresent());
    return staying;
  }

  @Test
  void removesOrphansOfTheSliceOnThirdShardsToo() throws Exception {
    FakeWorld world = flipped(100);
    String id = world.moving(0, JOINING, 900);
    world.store(1, id, OLD);
    pass(world);
    assertFalse(world.held(1).containsKey(id));
    assertEquals(Set.of(id), ids(world.spilled));
  }

  @Test
  void isUnconditionalAndKeepsWhatTheOwnerLacksOrHasOtherwise() throws Exception {
    FakeWorld world = flipped(500);
    List<String> ids = List.copyOf(world.truth().keySet());
    String deleted = ids.get(3);
    String overwritten = ids.get(7);
    String donorsDeleted = world.truth().get(deleted);
    world.erase(JOINING, deleted);
    world.store(JOINING, overwritten, NEW);
    world.shards.before(
        call -> {
          if (call.op() == Op.DELETE && call.ids().contains(deleted)) {
            assertTrue(ids(world.spilled).contains(deleted), "on the disk before it goes");
          }
          if (call.op() == Op.DELETE && call.ids().contains(overwritten)) {
            assertTrue(ids(world.spilled).contains(overwritten), "on the disk before it goes");
          }
        });
    pass(world);
    assertTrue(pass(world));
    assertEquals(Map.of(), world.truth(), "a key deleted on its owner does not survive");
    assertEquals(NEW, world.held(JOINING).get(overwritten));
    assertEquals(Set.of(deleted, overwritten), ids(world.spilled));
    for (Spilled spilled : world.spilled) {
      assertEquals(spilled.row().id().equals(deleted), spilled.absentOnOwner());
      assertEquals(DOCS, spilled.collection());
      assertEquals(url(world.donor(spilled.row().id()).getAsLong()), spilled.donorUrl());
    }
    Spilled restored =
        world.spilled.stream().filter(Spilled::absentOnOwner).findFirst().orElseThrow();
    assertEquals(donorsDeleted, restored.row().payloadJson(), "enough to restore it");
  }

  @Test
  void tooManyAbsentOnesAreForTheOperatorToJudge() throws Exception {
    FakeWorld world = flipped(500);
    List<String> lost = world.truth().keySet().stream().limit(30).toList();
    lost.forEach(id -> world.erase(JOINING, id));
    Map<String, String> before = world.truth();
    String back = lost.stream().filter(id -> donor(world, id) == 0).findFirst().orElseThrow();
    world.control.onHold =
        what -> {
          assertEquals("spill_threshold", what);
          String names = world.control.holds.get(world.control.holds.size() - 1);
          if (world.control.holds.size() > 3) {
            assertFalse(names.contains(url(0)), "what was said of it holds for its whole pass");
            world.retry();
            return;
          }
          assertTrue(names.contains(url(0)), names);
          assertTrue(world.spilled.size() <= 5, "as many as the threshold at most");
          assertTrue(before.size() - world.truth().size() <= 5, "and no more are deleted");
          if (world.control.holds.size() == 3) {
            // Time alone does not help: the operator checks, restores one point, and retries.
            world.store(JOINING, back, before.get(back));
            world.retry();
          }
        };
    while (!pass(world)) {}
    assertEquals(5, world.control.holds.size(), "each donor for itself");
    assertEquals(Map.of(), world.truth());
    Set<String> expected = new HashSet<>(lost);
    expected.remove(back);
    assertEquals(expected, ids(world.spilled));
  }

  /** An approval for one donor is none for another one. */
  @Test
  void aDonorThatIsSkippedInsteadApprovesNothing() throws Exception {
    FakeWorld world = flipped(500);
    world.truth().keySet().forEach(id -> world.erase(JOINING, id));
    Map<String, String> before = world.truth();
    List<Long> skipped = new ArrayList<>();
    world.control.onHold =
        what -> {
          assertEquals("spill_threshold", what);
          assertEquals(before, world.truth(), "nothing is deleted unasked");
          long asked = skipped.size();
          assertTrue(
              world.control.holds.get(world.control.holds.size() - 1).contains(url(asked)),
              world.control.holds::toString);
          skipped.add(asked);
          world.retry();
          world.change(skipped, false);
        };
    while (!pass(world)) {}
    assertEquals(List.of(0L, 1L, 2L), skipped);
    assertEquals(before, world.truth());
  }

  /** If each new leader restarted the count, no operator would be asked. */
  @Test
  void whatALeaderBeforeMetAbsentCounts() throws Exception {
    FakeWorld world = flipped(500);
    world.control.migration =
        world.control.migration.withProgress(
            new MigrationProgress(0, 0, 0, 0, 2, List.of(), 104, 100));
    List<String> ids = world.truth().keySet().stream().limit(2).toList();
    ids.forEach(id -> world.erase(JOINING, id));
    world.control.onHold =
        what -> {
          assertEquals("spill_threshold", what);
          assertTrue(
              world.control.holds.get(0).contains("106 points"), world.control.holds::toString);
          world.retry();
        };
    new PacedPointOperations(world.settings).drop(world.migration(), world.collections());
    assertEquals(1, world.control.holds.size());
    assertEquals(106, world.control.absent, "the log is told");
    assertEquals(106, world.control.absentJudged);
  }

  @Test
  void aLargeSliceMayLackMore() {
    FakeWorld world = flipped(10);
    AbsentCounter small = new AbsentCounter(world.control, 5);
    assertEquals(AbsentCounter.Verdict.GO, small.judge(0, 5));
    assertEquals(AbsentCounter.Verdict.ASK, small.judge(0, 1));
    world.control.migration =
        world.control.migration.withProgress(
            new MigrationProgress(10_000, 10_000, 0, 0, 2, List.of()));
    AbsentCounter large = new AbsentCounter(world.control, 5);
    assertEquals(AbsentCounter.Verdict.GO, large.judge(0, 100));
    assertEquals(AbsentCounter.Verdict.ASK, large.judge(0, 1));
  }

  @Test
  void pointsThatAreAbsentCountOverAllPasses() throws Exception {
    FakeWorld world = flipped(500);
    List<String> ids = world.truth().keySet().stream().limit(8).toList();
    ids.subList(0, 4).forEach(id -> world.erase(JOINING, id));
    pass(world);
    assertEquals(4, world.spilled.size());
    // They come back, by a request that was under way, and their owner loses them as well.
    ids.subList(4, 8).forEach(id -> world.store(0, id, OLD));
    ids.subList(4, 8).forEach(id -> world.erase(JOINING, id));
    world.control.onHold =
        what -> {
          assertEquals("spill_threshold", what);
          assertEquals(4, world.spilled.size());
          world.retry();
        };
    while (!pass(world)) {}
    assertEquals(1, world.control.holds.size());
    assertEquals(Set.copyOf(ids), ids(world.spilled));
  }

  @Test
  void oneStoreUnderTwoNamesIsFoundOutByTheFirstDeletes() {
    FakeWorld world = flipped(500);
    world.shards.cores.put(url(JOINING), world.core(0));
    int before = world.held(0).size();
    assertThrows(StepStopped.class, () -> pass(world), "nobody helps");
    assertTrue(world.control.holds.get(0).startsWith("sentinel"), world.control.holds.get(0));
    assertEquals(before - 3, world.held(0).size());
    assertEquals(3, world.spilled.size());
    world.spilled.forEach(spilled -> assertTrue(spilled.absentOnOwner()));
  }

  @Test
  void alsoIfAPageHoldsOnlyTwoPointsOfTheSlice() {
    FakeWorld world = flipped(500, FakeWorld.pages(8));
    world.shards.cores.put(url(JOINING), world.core(0));
    assertThrows(StepStopped.class, () -> pass(world), "nobody helps");
    assertTrue(world.control.holds.get(0).startsWith("sentinel"), world.control.holds.get(0));
    assertEquals(
        3, world.spilled.stream().filter(spilled -> spilled.donorUrl().equals(url(0))).count());
  }

  @Test
  void aClientThatDeletesTheFirstOneIsNoSuchStore() throws Exception {
    FakeWorld world = flipped(500);
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.op() == Op.DELETE && !once[0]) {
            once[0] = true;
            world.erase(JOINING, call.ids().get(0));
          }
        });
    while (!pass(world)) {}
    assertEquals(List.of(), world.control.holds);
    assertEquals(1, world.spilled.size());
  }

  @Test
  void nothingGoesWhileTheSpillFileCannotBeWritten() throws Exception {
    FakeWorld world = flipped(300);
    String lost =
        world.truth().keySet().stream()
            .filter(id -> donor(world, id) == 0)
            .findFirst()
            .orElseThrow();
    world.erase(JOINING, lost);
    int before = world.truth().size();
    world.spillFailure = Optional.of(new IOException("no space left on device"));
    world.control.onHold =
        what -> {
          assertEquals("spill", what);
          assertEquals(before, world.truth().size());
          if (world.control.holds.size() == 4) {
            world.spillFailure = Optional.empty();
          }
        };
    while (!pass(world)) {}
    assertEquals(1, world.spilled.size());
    assertEquals(Map.of(), world.truth());
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TIMED_OUT", "BROKEN", "BUSY", "UNAVAILABLE", "NEVER_SENT"})
  void anErrorOfTheOwnerIsNeverAbsence(Kind kind) throws Exception {
    FakeWorld world = flipped(300);
    int[] reads = {0};
    world.shards.fail(
        kind,
        call ->
            call.url().equals(url(JOINING))
                && (call.op() == Op.FETCH || call.op() == Op.POINT)
                && ++reads[0] % 3 != 0);
    while (!pass(world)) {}
    assertEquals(List.of(), world.spilled);
  }

  @Test
  void anOwnerWithoutTheCollectionStopsTheDrop() {
    FakeWorld world = flipped(300);
    Map<String, String> before = world.truth();
    world.core(JOINING).drop(DOCS);
    CollectionChanged e = assertThrows(CollectionChanged.class, () -> pass(world));
    assertTrue(e.isAbout(FakeWorld.shard(JOINING)));
    assertEquals(before, world.truth());
  }

  @Test
  void aDeadDonorHoldsUntilItIsSkippedAndTheOthersAreCleanedFirst() throws Exception {
    FakeWorld world = flipped(300);
    world.shards.fail(Kind.NEVER_SENT, call -> call.url().equals(url(0)));
    world.control.onHold =
        what -> {
          assertEquals("shard", what);
          assertTrue(world.truth().keySet().stream().allMatch(id -> donor(world, id) == 0));
          world.change(List.of(0L), false);
        };
    while (!pass(world)) {}
    assertEquals(1, world.control.holds.size());
    assertFalse(world.truth().isEmpty(), "what is on the dead one stays");
  }

  private static long donor(FakeWorld world, String id) {
    return world.donor(id).getAsLong();
  }

  @Test
  void anOwnerIsNeverSkipped() {
    FakeWorld world = flipped(300);
    Map<String, String> before = world.truth();
    world.change(List.of(JOINING), false);
    assertThrows(StepFailed.class, () -> pass(world));
    assertEquals(before, world.truth());
  }

  @Test
  void emptiesTheShardThatADrainTookOut() throws Exception {
    for (FakeWorld world : List.of(FakeWorld.drain(), FakeWorld.many(MigrationKind.DRAIN))) {
      world.seed(1_000);
      MigrationContext context = world.migration();
      new Reconcile(context, world.calls(context)).first(world.collections());
      world.publish(List.of(LEAVING));
      Map<String, String> copies = world.copies();
      String lost = copies.keySet().iterator().next();
      world.erase(world.owner(lost), lost);
      world.store(LEAVING, world.staying(0, 0), OLD);
      while (!pass(world)) {}
      assertEquals(Map.of(), world.held(LEAVING));
      copies.remove(lost);
      assertEquals(copies, world.copies());
      assertEquals(Set.of(lost), ids(world.spilled));
    }
  }

  @Test
  void keepsThePointsOfACollectionThatOnlyTheDrainedShardStillHas() throws Exception {
    FakeWorld world = FakeWorld.drain();
    world.seed(12);
    List.of(0L, 1L).forEach(survivor -> world.core(survivor).drop(DOCS));
    Set<String> ids = world.truth().keySet();
    world.publish(List.of(LEAVING));
    world.control.onHold = what -> world.retry();
    while (!pass(world)) {}
    assertEquals(Map.of(), world.held(LEAVING));
    assertEquals(ids, ids(world.spilled));
  }

  static Set<String> ids(List<Spilled> spilled) {
    return spilled.stream().map(one -> one.row().id()).collect(Collectors.toSet());
  }

  /** Copied, verified and promoted. */
  static FakeWorld flipped(int points) {
    return flipped(points, FakeWorld.pages(50));
  }

  static FakeWorld flipped(int points, Limits limits) {
    FakeWorld world = FakeWorld.grow(limits);
    world.seed(points);
    world.truth().forEach((id, payload) -> world.store(JOINING, id, payload));
    world.publish(List.of());
    return world;
  }

  static boolean pass(FakeWorld world) throws Exception {
    return world.dropPass();
  }
}
