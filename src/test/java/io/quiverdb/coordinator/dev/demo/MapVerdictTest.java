// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each claim of the verdict must fail for evidence against it. */
class MapVerdictTest {
  private static final ShardMap MAP =
      new ShardMap(3, List.of(new Shard(0, "http://a", List.of())), List.of(), List.of());

  private final CounterHistory ids = new CounterHistory();
  private final CounterHistory versions = new CounterHistory();

  @Test
  void whatWasAcknowledgedAndIsThereIsGood() {
    assertEquals(List.of(), broken(evidence(List.of("http://a"), List.of("http://b"), List.of())));
  }

  @Test
  void anAddedShardThatIsGoneIsLost() {
    assertEquals(
        List.of("no acknowledged change is lost"),
        broken(evidence(List.of("http://a", "http://gone"), List.of(), List.of())));
  }

  @Test
  void aRemovedShardThatIsBackIsLostToo() {
    assertEquals(
        List.of("no acknowledged change is lost"),
        broken(evidence(List.of(), List.of("http://a"), List.of())));
  }

  @Test
  void whatWasLeftOpenMayBeEither() {
    assertEquals(
        List.of(),
        broken(
            evidence(
                List.of("http://gone"), List.of("http://a"), List.of("http://a", "http://gone"))));
  }

  @Test
  void aShardThatStandsTwiceWasAddedTwice() {
    MapVerdict good = evidence(List.of("http://a"), List.of(), List.of());
    assertEquals(
        List.of("no change is applied twice"),
        broken(
            new MapVerdict(
                ids,
                versions,
                good.present(),
                good.absent(),
                good.unknown(),
                List.of("http://a", "http://a"),
                MAP,
                good.snapshots(),
                good.routerMaps())));
  }

  @Test
  void countersAreJudgedByTheirHistories() {
    ids.add(new CounterHistory.Operation(0, 1, 7, "one"));
    ids.add(new CounterHistory.Operation(2, 3, 7, "another"));
    versions.add(new CounterHistory.Operation(0, 1, 7, "one"));
    versions.add(new CounterHistory.Operation(2, 3, 6, "another"));
    assertEquals(
        List.of(
            "ids are unique and in real-time order",
            "map versions are unique and in real-time order"),
        broken(evidence(List.of("http://a"), List.of(), List.of())));
  }

  @Test
  void snapshotsAndRoutersMustAgree() {
    MapVerdict good = evidence(List.of("http://a"), List.of(), List.of());
    assertEquals(
        List.of("all members' snapshots are equal", "every router works with the final map"),
        broken(
            new MapVerdict(
                ids,
                versions,
                good.present(),
                good.absent(),
                good.unknown(),
                good.map(),
                MAP,
                List.of("x", "y", "x"),
                List.of(MAP, MAP.withVersion(2)))));
  }

  private MapVerdict evidence(List<String> present, List<String> absent, List<String> unknown) {
    return new MapVerdict(
        ids,
        versions,
        present,
        absent,
        unknown,
        List.of("http://a"),
        MAP,
        List.of("x", "x", "x"),
        List.of(MAP, MAP));
  }

  private static List<String> broken(MapVerdict evidence) {
    return evidence.checks().stream().filter(f -> !f.holds()).map(CheckResult::claim).toList();
  }
}
