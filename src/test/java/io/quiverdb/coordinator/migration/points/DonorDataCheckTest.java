// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepStopped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A shard that holds the truth and comes back without its points. */
class DonorDataCheckTest {
  private static final MigrationSettings SETTINGS = SampleMigrations.settings(20, 5);

  /** Copied, counted, and not verified yet. */
  private static FakeWorld copied(FakeWorld world) throws Exception {
    world.seed(600);
    new PacedPointOperations(SETTINGS).copy(world.context(SETTINGS), world.collections());
    world.counted();
    world.control.holds.clear();
    return world;
  }

  /** The engine lists the collections again, and repeats the step. */
  private static void again(Step step) throws Exception {
    boolean done = false;
    while (!done) {
      try {
        step.run();
        done = true;
      } catch (CollectionChanged e) {
        assertTrue(e.getMessage().contains("listed again"), e.getMessage());
      }
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void verify(FakeWorld world) throws Exception {
    again(
        () ->
            new PacedPointOperations(SETTINGS)
                .verify(world.context(SETTINGS), world.collections()));
  }

  /** It was away for a moment, just when collections were listed. */
  @Test
  void nothingIsVerifiedByAListWithoutTheCollectionsThatHadPoints() throws Exception {
    FakeWorld world = copied(FakeWorld.drain(FakeWorld.pages(50)));
    PacedPointOperations steps = new PacedPointOperations(SETTINGS);
    assertThrows(CollectionChanged.class, () -> steps.verify(world.context(SETTINGS), List.of()));
    assertEquals(List.of(), world.control.holds);
  }

  private static Map<String, String> lose(FakeWorld world, long shard) {
    Map<String, String> had = world.held(shard);
    had.keySet().forEach(id -> world.erase(shard, id));
    return had;
  }

  private static void restore(FakeWorld world, long shard, Map<String, String> had) {
    had.forEach((id, payload) -> world.store(shard, id, payload));
  }

  private static String lastHold(FakeWorld world) {
    return world.control.holds.get(world.control.holds.size() - 1);
  }

  @Test
  void aDonorThatCameBackEmptyHoldsTheVerificationBeforeOneCopyGoes() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    Map<String, String> copies = world.copies();
    Map<String, String> had = lose(world, 1);
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          assertTrue(lastHold(world).contains(url(1) + " has 0 points"), lastHold(world));
          assertTrue(lastHold(world).contains("keep_copies"), lastHold(world));
          assertEquals(copies, world.copies(), "none is deleted");
          if (world.control.holds.size() == 3) {
            restore(world, 1, had);
            world.retry();
          }
        };
    verify(world);
    assertEquals(3, world.control.holds.size());
    assertEquals(copies, world.copies());
    assertEquals(world.truth(), world.copies());
  }

  @DisplayName(
      "a leaving shard that came back empty holds the drain even if it has no collection left")
  @Test
  void aLeavingShardWithoutAnyCollectionHoldsTheDrain() throws Exception {
    FakeWorld world = copied(FakeWorld.drain(FakeWorld.pages(50)));
    Map<String, String> copies = world.copies();
    world.core(LEAVING).drop(DOCS);
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          throw new StepStopped("cancelled");
        };
    PacedPointOperations steps = new PacedPointOperations(SETTINGS);
    assertThrows(StepStopped.class, () -> steps.verify(world.context(SETTINGS), List.of()));
    assertEquals(copies, world.copies());
  }

  /** After the first look, and before the listing is read. */
  @DisplayName(
      "a donor that loses its points in the middle of a round is noticed before a copy is deleted")
  @Test
  void aDonorThatLosesItsPointsInARoundIsNoticedBeforeACopyGoes() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    Map<String, String> copies = world.copies();
    Map<String, String> had = new TreeMap<>();
    world.shards.before(
        call -> {
          if (call.is(Op.FETCH, url(1)) && had.isEmpty()) {
            had.putAll(lose(world, 1));
          }
        });
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          assertTrue(lastHold(world).contains(url(1) + " lacks 6 of "), lastHold(world));
          assertEquals(copies, world.copies(), "none is deleted");
          restore(world, 1, had);
          world.retry();
        };
    verify(world);
    assertEquals(1, world.control.holds.size());
    assertEquals(copies, world.copies());
    assertEquals(world.truth(), world.copies());
  }

  /** More than the threshold, and fewer at first than clients would delete. */
  @DisplayName("no copy is deleted while a donor slowly loses its points in the middle of a round")
  @Test
  void noCopyGoesWhileADonorSlowlyLosesItsPoints() throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    for (int n = 0; n < 1_000; n++) {
      world.seed(world.moving(1, JOINING, n), n);
    }
    new PacedPointOperations(SETTINGS).copy(world.context(SETTINGS), world.collections());
    world.counted();
    Map<String, String> copies = world.copies();
    Map<String, String> had = new TreeMap<>();
    List<String> inOrder = List.copyOf(world.held(1).keySet());
    lose(world, inOrder.subList(0, 40), had);
    int[] pages = {0};
    world.shards.before(
        call -> {
          if (call.is(Op.FETCH, url(1)) && ++pages[0] == 10) {
            assertEquals(copies, world.copies(), "40 are missed, and none is deleted");
            lose(world, inOrder.subList(900, 960), had);
          }
        });
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          assertTrue(lastHold(world).contains(url(1) + " lacks 51 of 1000"), lastHold(world));
          assertEquals(copies, world.copies(), "none is deleted");
          throw new StepStopped("cancelled");
        };
    assertThrows(StepStopped.class, () -> verify(world));
    assertEquals(copies, world.copies());
  }

  private static void lose(FakeWorld world, List<String> ids, Map<String, String> had) {
    Map<String, String> held = world.held(1);
    ids.forEach(id -> had.put(id, held.get(id)));
    ids.forEach(id -> world.erase(1, id));
  }

  /** A few ids of half a megabyte take all the room that there is for copies that wait. */
  @Test
  void copiesForWhichThereIsNoRoomStayUntilALaterRound() throws Exception {
    FakeWorld world = FakeWorld.grow();
    for (int n = 0; n < 200; n++) {
      world.seed(world.moving(1, JOINING, n), n);
    }
    List<String> few =
        Stream.iterate(0, n -> n + 1)
            .map(n -> "l".repeat(1 << 19) + n)
            .filter(id -> world.donor(id).equals(OptionalLong.of(1)))
            .limit(6)
            .toList();
    few.forEach(id -> world.seed(id, 0));
    new PacedPointOperations(SETTINGS).copy(world.context(SETTINGS), world.collections());
    world.counted();
    List<Integer> left = new ArrayList<>();
    lose(world, few, new TreeMap<>());
    world.shards.before(
        call -> {
          if (call.is(Op.DELETE, url(JOINING))) {
            left.add(world.copies().size() - 200);
          }
        });
    verify(world);
    assertEquals(List.of(6, 3), left);
    assertEquals(List.of(1, 2, 3, 4), world.control.rounds);
    assertEquals(world.truth(), world.copies());
    assertEquals(List.of(), world.control.holds);
  }

  @Test
  void whatTheOperatorSaysGoOnToIsDone() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    lose(world, 1);
    world.control.onHold = what -> world.retry();
    verify(world);
    assertEquals(1, world.control.holds.size(), world.control.holds::toString);
    assertEquals(world.truth(), world.copies());
  }

  @Test
  void clientsMayDeleteWhatTheyLikeAsLongAsItIsNotMost() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    List<String> few =
        world.truth().keySet().stream()
            .filter(id -> world.donor(id).getAsLong() == 0)
            .limit(5)
            .toList();
    few.forEach(id -> world.erase(0, id));
    verify(world);
    assertEquals(List.of(), world.control.holds);
    assertEquals(world.truth(), world.copies());
  }

  @Test
  void copiesStayWhileADonorOfAJoinThatIsTakenBackHasLostItsPoints() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    Map<String, String> copies = world.held(JOINING);
    Map<String, String> had = lose(world, 2);
    world.publish(List.of(JOINING));
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          assertEquals(copies, world.held(JOINING));
          restore(world, 2, had);
          world.retry();
        };
    again(() -> new PacedPointOperations(SETTINGS).wipe(world.context(SETTINGS)));
    assertEquals(1, world.control.holds.size());
    assertEquals(Map.of(), world.held(JOINING));
  }

  @DisplayName("survivors keep their copies while the shard that stays has lost its points")
  @Test
  void survivorsKeepCopiesWhileTheOwnerHasLostItsPoints() throws Exception {
    FakeWorld world = copied(FakeWorld.drain(FakeWorld.pages(50)));
    Map<String, String> copies = world.copies();
    lose(world, LEAVING);
    world.publish(List.of());
    world.control.onHold =
        what -> {
          assertEquals("truth", what);
          throw new StepStopped("the copies are to be kept");
        };
    PacedPointOperations steps = new PacedPointOperations(SETTINGS);
    assertThrows(StepStopped.class, () -> steps.wipe(world.context(SETTINGS)));
    assertEquals(copies, world.copies());
  }

  /** A word about a shard that is away is no word about what another one has lost. */
  @Test
  void onlyARetryOfThatVeryHoldIsAWord() throws Exception {
    FakeWorld world = copied(FakeWorld.grow(FakeWorld.pages(50)));
    Map<String, String> copies = world.copies();
    Map<String, String> had = lose(world, 1);
    world.control.onHold =
        what -> {
          assertEquals(copies, world.copies());
          if (world.control.holds.size() < 3) {
            world.control.migration = world.control.migration.withWaitingOn(Optional.empty());
          } else {
            restore(world, 1, had);
          }
          world.retry();
        };
    verify(world);
    assertEquals(3, world.control.holds.size());
    assertEquals(copies, world.copies());
  }
}
