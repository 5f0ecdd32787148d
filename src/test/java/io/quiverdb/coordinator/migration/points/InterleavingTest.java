// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Clients' writes during the work on points, each at its worst moment. */
class InterleavingTest {
  private static final String OLD = "\"old\"";
  private static final String NEW = "\"new\"";

  private static PacedPointOperations steps(FakeWorld world) {
    return new PacedPointOperations(world.settings);
  }

  private static void verify(FakeWorld world) throws Exception {
    steps(world).verify(world.migration(), world.collections());
  }

  private static void drop(FakeWorld world) throws Exception {
    while (!steps(world).drop(world.migration(), world.collections())) {}
  }

  private static FakeWorld growing() {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(50));
    world.seed(300);
    return world;
  }

  /**
   * Through a router that knows the joining map: both sides; through one that does not: D alone.
   */
  @Test
  void twoRoutersOfDifferentVersionsPutOneKeyInTheAdoptionWindow() throws Exception {
    FakeWorld world = growing();
    String late = world.moving(0, JOINING, 0);
    String early = world.moving(0, JOINING, 1);
    world.put(late, OLD);
    world.store(0, late, NEW);
    world.store(0, early, OLD);
    world.put(early, NEW);
    steps(world).copy(world.migration(), world.collections());
    verify(world);
    assertEquals(NEW, world.held(JOINING).get(late));
    assertEquals(NEW, world.held(JOINING).get(early));
    assertEquals(world.truth(), world.held(JOINING));
  }

  @DisplayName("two routers with different maps put and delete one key in the adoption window")
  @Test
  void twoRoutersPutAndDeleteOneKeyInTheAdoptionWindow() throws Exception {
    FakeWorld world = growing();
    String deletedByTheOld = world.moving(0, JOINING, 0);
    String deletedByTheNew = world.moving(0, JOINING, 1);
    world.put(deletedByTheOld, OLD);
    world.erase(0, deletedByTheOld);
    world.delete(deletedByTheNew);
    world.store(0, deletedByTheNew, NEW);
    steps(world).copy(world.migration(), world.collections());
    verify(world);
    assertFalse(world.held(JOINING).containsKey(deletedByTheOld), "it was acknowledged");
    assertEquals(NEW, world.held(JOINING).get(deletedByTheNew));
  }

  /** One that still works with the joining map writes to N, then to D, while D is cleaned. */
  @Test
  void aRouterThatStillWritesTwiceAfterTheFlipLeavesNoOrphan() throws Exception {
    FakeWorld world = growing();
    world.truth().forEach((id, payload) -> world.store(JOINING, id, payload));
    world.publish(List.of());
    String id = before("k", world);
    boolean[] once = {false};
    world.shards.before(
        call -> {
          if (call.is(Op.DELETE, url(0)) && !once[0]) {
            once[0] = true;
            world.put(id, NEW);
          }
        });
    drop(world);
    assertTrue(once[0]);
    assertEquals(Map.of(), world.truth(), "the scan was past it: another one finds it");
    assertEquals(NEW, world.held(JOINING).get(id));
  }

  /** An id that moves, and that a listing shows before all that begin like this. */
  private static String before(String prefix, FakeWorld world) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> (char) (prefix.charAt(0) - 1) + "" + i)
        .filter(id -> world.donor(id).equals(OptionalLong.of(0)) && world.owner(id) == JOINING)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void deletesAndOverwritesBetweenFlipAndDropLeaveTheDonorEmpty() throws Exception {
    FakeWorld world = growing();
    world.truth().forEach((id, payload) -> world.store(JOINING, id, payload));
    world.publish(List.of());
    List<String> ids = List.copyOf(world.truth().keySet());
    world.erase(JOINING, ids.get(0));
    world.store(JOINING, ids.get(1), NEW);
    drop(world);
    assertEquals(Map.of(), world.truth());
    assertFalse(world.held(JOINING).containsKey(ids.get(0)));
    assertEquals(NEW, world.held(JOINING).get(ids.get(1)));
  }

  @Test
  void aDeleteAfterACancelledDrainStaysDeletedThroughTheNextOne() throws Exception {
    FakeWorld world = FakeWorld.drain(FakeWorld.pages(50));
    world.seed(300);
    steps(world).copy(world.migration(), world.collections());
    String id = world.truth().keySet().iterator().next();
    long survivor = world.owner(id);
    var leaving = world.control.map;
    world.publish(List.of());
    steps(world).wipe(world.migration());
    world.erase(LEAVING, id);
    assertFalse(world.held(survivor).containsKey(id), "a search would show it");
    world.control.map = leaving;
    steps(world).copy(world.migration(), world.collections());
    verify(world);
    assertFalse(world.held(survivor).containsKey(id), "it was acknowledged");
    assertEquals(world.truth(), world.copies());
  }

  @Test
  void aRouterThatDiesBetweenItsTwoWritesBeforeTheVerification() throws Exception {
    FakeWorld world = growing();
    steps(world).copy(world.migration(), world.collections());
    List<String> ids = List.copyOf(world.truth().keySet());
    String before = world.truth().get(ids.get(0));
    world.store(JOINING, ids.get(0), NEW);
    world.erase(JOINING, ids.get(1));
    verify(world);
    assertEquals(before, world.held(JOINING).get(ids.get(0)), "nobody acknowledged the put");
    assertEquals(world.truth(), world.held(JOINING), "nor the delete");
  }

  /** A write that was not acknowledged may appear; an acknowledged one is in the spill file. */
  @Test
  void aRouterThatDiesBetweenItsTwoWritesAfterTheVerification() throws Exception {
    FakeWorld world = growing();
    steps(world).copy(world.migration(), world.collections());
    verify(world);
    Map<String, String> truth = world.truth();
    List<String> ids = List.copyOf(truth.keySet());
    world.store(JOINING, ids.get(0), NEW);
    world.erase(JOINING, ids.get(1));
    world.publish(List.of());
    drop(world);
    assertEquals(Map.of(), world.truth());
    Map<String, String> spilled =
        world.spilled.stream()
            .collect(Collectors.toMap(s -> s.row().id(), s -> s.row().payloadJson()));
    assertEquals(Set.of(ids.get(0), ids.get(1)), spilled.keySet());
    assertEquals(truth.get(ids.get(0)), spilled.get(ids.get(0)));
    assertEquals(truth.get(ids.get(1)), spilled.get(ids.get(1)));
  }

  /** The shard stands still with our write inside; what it makes of it comes when it goes on. */
  @Test
  void aShardThatStandsStillWithOneOfOurWritesInside() throws Exception {
    FakeWorld world = growing();
    steps(world).copy(world.migration(), world.collections());
    String id = world.truth().keySet().iterator().next();
    world.erase(JOINING, id);
    long[] until = {0};
    String[] inside = {null};
    world.shards.before(
        call -> {
          if (call.is(Op.UPSERT, url(JOINING)) && until[0] == 0) {
            until[0] = world.time.nanos() + Duration.ofMinutes(2).toNanos();
            inside[0] = world.truth().get(id);
            world.put(id, NEW);
            // It ends its old request within data_timeout of going on.
            world.time.in(
                Duration.ofMinutes(2).plusSeconds(9), () -> world.store(JOINING, id, inside[0]));
            throw FakeShards.failure(Kind.TIMED_OUT, call);
          }
          if (call.url().equals(url(JOINING)) && world.time.nanos() < until[0]) {
            throw FakeShards.failure(Kind.TIMED_OUT, call);
          }
        });
    verify(world);
    assertTrue(until[0] > 0 && world.time.nanos() > until[0]);
    assertEquals(NEW, world.held(JOINING).get(id), "verified before the old request was over");
    world.time.sleep(Duration.ofMinutes(5));
    assertEquals(NEW, world.held(JOINING).get(id));
    assertEquals(NEW, world.truth().get(id));
  }
}
