// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How many plans are kept. */
class ClusterPlansTest {
  private static ClusterPlan plan(long id, int urlLength) {
    String url = "u".repeat(urlLength);
    PlanStep step = PlanStep.grow(url, Collections.nCopies(ShardMap.MAX_REPLICAS, url));
    return new ClusterPlan(
        id,
        ClusterPlan.State.CANCELLED,
        Collections.nCopies(ClusterPlan.MAX_STEPS, step),
        0,
        1,
        OptionalLong.of(2),
        Optional.empty());
  }

  private static List<Long> kept(int urlLength) {
    return LongStream.rangeClosed(1, ClusterPlans.KEPT + 3)
        .mapToObj(id -> plan(id, urlLength))
        .reduce(ClusterPlans.EMPTY, ClusterPlans::created, (one, other) -> other)
        .all()
        .stream()
        .map(ClusterPlan::id)
        .toList();
  }

  @Test
  void theLastOnesAreKept() {
    assertEquals(LongStream.rangeClosed(4, 23).boxed().toList(), kept(100));
  }

  @Test
  void fewerAreKeptIfTheirUrlsAreLong() {
    assertEquals(List.of(22L, 23L), kept(HttpUrl.MAX_LENGTH));
  }
}
