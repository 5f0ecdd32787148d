// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static io.quiverdb.coordinator.migration.points.FakeWorld.DOCS;
import static io.quiverdb.coordinator.migration.points.FakeWorld.JOINING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.LEAVING;
import static io.quiverdb.coordinator.migration.points.FakeWorld.url;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.migration.points.FakeShards.Call;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An owner that loses its points between a page's comparison and the last of its deletes. */
class DropLostOwnerTest {
  /** A page is deleted in several seconds. */
  private static final Duration SLOW = Duration.ofMillis(5);

  /** Ids that nobody else had any more when they were deleted. */
  private final Set<String> onlyHere = new TreeSet<>();

  @Test
  void whatAnOwnerHadBeforeItCameBackEmptyIsKept() throws Exception {
    FakeWorld world = slowlyFlipped();
    loseAfter(6, world, 0, JOINING, false);
    world.control.onHold =
        what -> {
          assertEquals("spill_threshold", what);
          assertTrue(world.control.holds.size() > 1 || world.spilled.size() <= 5, "asked before");
          world.retry();
        };
    while (!DropTest.pass(world)) {}
    assertTrue(onlyHere.size() > 1_000, onlyHere.size() + " points");
    onlyHere.removeAll(DropTest.ids(world.spilled));
    assertEquals(Set.of(), onlyHere, "deleted when nobody else had it");
  }

  /** Clients may have begun to write to it again. */
  @Test
  void onePointThatIsThereDoesNotStandForOthersOfTheSameRequest() throws Exception {
    FakeWorld world = slowlyFlipped();
    loseAfter(6, world, 0, JOINING, true);
    world.control.onHold = what -> world.retry();
    while (!DropTest.pass(world)) {}
    onlyHere.removeAll(DropTest.ids(world.spilled));
    assertEquals(Set.of(), onlyHere);
  }

  @Test
  void ofSeveralOwnersTheOneThatLostItsPointsIsFound() throws Exception {
    FakeWorld world = FakeWorld.drain();
    world.seed(2_000);
    MigrationContext context = world.migration();
    new Reconcile(context, world.calls(context)).first(world.collections());
    world.publish(List.of(LEAVING));
    world.shards.perRow = SLOW;
    loseAfter(6, world, LEAVING, 1, false);
    world.control.onHold = what -> world.retry();
    while (!DropTest.pass(world)) {}
    assertTrue(onlyHere.size() > 200, onlyHere.size() + " points");
    assertEquals(onlyHere, DropTest.ids(world.spilled), "and what the other one has is not kept");
  }

  /** A client may have deleted that one point: the others are not kept for it. */
  @Test
  void onePointThatIsGoneIsKeptAlone() throws Exception {
    FakeWorld world = slowlyFlipped();
    String[] deleted = new String[1];
    world.shards.before(
        call -> {
          if (call.is(Op.POINT, url(JOINING)) && deletes(world, 0) > 6 && deleted[0] == null) {
            deleted[0] = call.ids().get(0);
            world.erase(JOINING, deleted[0]);
          }
        });
    while (!DropTest.pass(world)) {}
    assertEquals(Set.of(deleted[0]), DropTest.ids(world.spilled));
    assertEquals(1, world.spilled.size());
  }

  /** Reading each of them would take as long as the deletes. */
  @Test
  void anOwnerIsReadOnceASecond() throws Exception {
    FakeWorld world = slowlyFlipped();
    long begun = world.time.nanos();
    DropTest.pass(world);
    long seconds = Duration.ofNanos(world.time.nanos() - begun).toSeconds();
    // For each of three donors, one after the first delete, and one before the second.
    long most = seconds + 3 * 2;
    long read = world.shards.count(Op.POINT, url(JOINING));
    assertTrue(seconds > 2 && read > 6 && read <= most, read + " in " + seconds + " s");
  }

  private static FakeWorld slowlyFlipped() {
    FakeWorld world = DropTest.flipped(6_000, Limits.DEFAULT);
    world.shards.perRow = SLOW;
    return world;
  }

  /**
   * After so many deletes on a donor, time passes and the owner has nothing any more.
   *
   * @param second whether it has the second one of those that are deleted next
   */
  private void loseAfter(int deletes, FakeWorld world, long donor, long owner, boolean second) {
    world.shards.hooks.add(
        new FakeShards.Hook() {
          @Override
          public void after(Call call) throws InterruptedException {
            if (call.is(Op.DELETE, url(donor)) && deletes(world, donor) == deletes) {
              world.time.sleep(Duration.ofSeconds(20));
              Set<String> lost = new TreeSet<>(world.held(owner).keySet());
              if (second) {
                world.held(donor).keySet().stream()
                    .filter(lost::contains)
                    .skip(1)
                    .findFirst()
                    .ifPresent(lost::remove);
              }
              world.core(owner).delete(DOCS, List.copyOf(lost));
              world.during.shards().stream()
                  .filter(shard -> shard.id() != owner)
                  .forEach(shard -> onlyHere.addAll(world.held(shard.id()).keySet()));
              onlyHere.retainAll(lost);
            }
          }
        });
  }

  private static long deletes(FakeWorld world, long donor) {
    return world.shards.count(Op.DELETE, url(donor));
  }
}
