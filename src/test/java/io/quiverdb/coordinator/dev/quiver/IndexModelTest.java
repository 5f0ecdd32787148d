// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Found;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Match;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Builds that take time, by a clock that the test moves; and shards that take no writes. */
class IndexModelTest {
  private static final long PER_POINT = 1_000;
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 500);

  private ShardCore shard(QuiverVersion version) {
    ShardCore shard = new ShardCore(version, Limits.DEFAULT, Duration.ofNanos(PER_POINT), now::get);
    shard.create(CollectionSchema.of("c", 1, Metric.L2, IndexKind.HNSW));
    return shard;
  }

  private static Point point(int place) {
    return new Point("p" + place, FloatVector.of(place), "null");
  }

  private static SearchOutcome search(ShardCore shard, int place) {
    return shard.search("c", SearchRequest.nearest(FloatVector.of(place), 1));
  }

  private static List<String> found(ShardCore shard, int place) {
    Found found = assertInstanceOf(Found.class, search(shard, place));
    return found.matches().stream().map(Match::id).toList();
  }

  @Test
  void aFirstSearchWaitsUntilNothingCameInDuringTheBuild() {
    ShardCore shard = shard(QuiverVersion.V1_1_0);
    shard.upsert("c", List.of(point(1), point(2)), true);
    assertEquals(new Waiting(2 * PER_POINT), search(shard, 1));
    now.addAndGet(500);
    assertEquals(new Waiting(1_500), search(shard, 1));
    shard.upsert("c", List.of(point(3)), false);
    now.addAndGet(1_500);
    assertEquals(true, shard.collection("c").indexReady(), "it was built once");
    assertEquals(new Waiting(3 * PER_POINT), search(shard, 3), "but not from what there is now");
    now.addAndGet(3 * PER_POINT);
    assertEquals(List.of("p3"), found(shard, 3));
  }

  @Test
  void aSearchThatIsClosedTooSoonTakesTheBuildWithIt() {
    ShardCore shard = shard(QuiverVersion.V1_1_0);
    shard.upsert("c", List.of(point(1), point(2)), true);
    search(shard, 1);
    shard.searchesClosed("c");
    now.addAndGet(2 * PER_POINT);
    assertEquals(false, shard.collection("c").indexReady());
    assertEquals(new Waiting(2 * PER_POINT), search(shard, 1));
  }

  @Test
  void aSearchThatIsClosedOnceTheIndexIsThereFreesThoseBehindIt() {
    ShardCore shard = shard(QuiverVersion.V1_1_0);
    shard.upsert("c", List.of(point(1), point(2)), true);
    search(shard, 1);
    shard.upsert("c", List.of(point(3)), false);
    now.addAndGet(2 * PER_POINT);
    assertEquals(new Waiting(3 * PER_POINT), search(shard, 1));
    shard.searchesClosed("c");
    assertEquals(List.of("p1"), found(shard, 1));
  }

  @Test
  void searchesOfTheOldReleaseSeeTheSnapshotBefore() {
    ShardCore shard = shard(QuiverVersion.V0_27_0);
    shard.upsert("c", List.of(point(1), point(2)), true);
    assertEquals(List.of(), found(shard, 1));
    now.addAndGet(2 * PER_POINT - 1);
    assertEquals(List.of(), found(shard, 1));
    now.addAndGet(1);
    assertEquals(List.of("p1"), found(shard, 1));
  }

  @Test
  void aBuildInstallsTheStateAtItsStart() {
    ShardCore shard = shard(QuiverVersion.V1_1_0);
    shard.upsert("c", List.of(point(1)), false);
    shard.upsert("c", List.of(point(1)), true);
    search(shard, 1);
    now.addAndGet(PER_POINT);
    assertEquals(List.of("p1"), found(shard, 1));
    shard.upsert("c", List.of(point(5)), true);
    assertEquals(List.of("p1"), found(shard, 5), "sets off a build");
    shard.upsert("c", List.of(point(6)), false);
    now.addAndGet(2 * PER_POINT);
    assertEquals(List.of("p5"), found(shard, 6), "as it was at the start; sets off another one");
    now.addAndGet(3 * PER_POINT);
    assertEquals(List.of("p6"), found(shard, 6));
  }

  @Test
  void tellsItsRoleToADeleteOfNothing() {
    ShardCore shard = shard(QuiverVersion.V1_1_0);
    assertEquals(0, shard.delete("unused", List.of()));
    shard.become(ShardCore.Role.READ_REPLICA);
    assertEquals(403, refusal(() -> shard.delete("unused", List.of())));
    assertEquals(403, refusal(() -> shard.upsert("c", List.of(point(1)), true)));
    shard.become(ShardCore.Role.RAFT_FOLLOWER);
    assertEquals(421, refusal(() -> shard.delete("unused", List.of())));
    assertEquals(421, refusal(() -> shard.upsert("c", List.of(point(1)), false)));
    assertEquals(1, shard.upsert("c", List.of(point(1)), true), "past the consensus");
    assertEquals(true, shard.drop("c"), "past the consensus");
  }

  private static int refusal(Executable call) {
    return assertThrows(QuiverError.class, call).status();
  }
}
