// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each claim about the points must fail for evidence against it. */
class PointVerdictTest {
  private static final ShardMap MAP =
      new ShardMap(
          3,
          List.of(new Shard(0, "http://a", List.of()), new Shard(1, "http://b", List.of())),
          List.of(),
          List.of());
  private static final long OWNER = RendezvousHash.owner(MAP, "k").orElseThrow();
  private static final long OTHER = 1 - OWNER;
  private static final Map<String, PossibleValues> SEVEN =
      Map.of("k", PossibleValues.exactly(Optional.of(7L)));

  @Test
  void aPointOnItsOwnerIsGood() {
    assertEquals(List.of(), broken(SEVEN, Map.of(OWNER, Map.of("k", 7L), OTHER, Map.of())));
  }

  @Test
  void anAbsentAnOldAndAResurrectedPointAreLosses() {
    List<String> lost = List.of("no acknowledged write or delete is lost");
    assertEquals(lost, broken(SEVEN, Map.of()));
    assertEquals(lost, broken(SEVEN, Map.of(OWNER, Map.of("k", 6L))));
    assertEquals(
        lost,
        broken(
            Map.of("k", PossibleValues.exactly(Optional.empty())), Map.of(OWNER, Map.of("k", 7L))));
  }

  @Test
  void whatWasNotAcknowledgedMayBeEither() {
    Map<String, PossibleValues> either =
        Map.of("k", PossibleValues.exactly(Optional.of(7L)).or(Optional.empty()));
    assertEquals(List.of(), broken(either, Map.of()));
    assertEquals(List.of(), broken(either, Map.of(OWNER, Map.of("k", 7L))));
  }

  @Test
  void aCopyOnAnotherShardIsAStray() {
    assertEquals(
        List.of("every point is on its owner alone"),
        broken(SEVEN, Map.of(OWNER, Map.of("k", 7L), OTHER, Map.of("k", 7L))));
  }

  @Test
  void failuresMissesFlagsAndLeftoversCount() {
    PointVerdict bad =
        new PointVerdict(
            Map.of(),
            Map.of(),
            List.of("x is still on the removed shard"),
            new ShardMap(4, MAP.shards(), List.of(1L), List.of()),
            List.of("put failed"),
            List.of("read missed"));
    assertEquals(
        List.of(
            "every point is on its owner alone",
            "no write failed",
            "no read or search missed a point that was there throughout",
            "no shard is left joining or leaving"),
        bad.checks().stream().filter(f -> !f.holds()).map(CheckResult::claim).toList());
  }

  private static List<String> broken(
      Map<String, PossibleValues> expected, Map<Long, Map<String, Long>> standing) {
    return new PointVerdict(expected, standing, List.of(), MAP, List.of(), List.of())
        .checks().stream().filter(f -> !f.holds()).map(CheckResult::claim).toList();
  }
}
