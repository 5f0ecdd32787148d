// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Finding out costs a shard little, and nothing the second time. */
class FetchLimitsTest {
  private final List<Integer> taken = new ArrayList<>();
  private int most = 10_000;

  private final FetchLimits limits =
      new FetchLimits(
          (url, collection, rows) -> {
            if (rows <= most) {
              taken.add(rows);
            }
            return rows <= most;
          });

  @Test
  void theUsualLimitCostsOnePage() throws Exception {
    assertEquals(10_000, limits.of("http://a", "c"));
    assertEquals(List.of(10_000), taken);
    assertEquals(10_000, limits.of("http://a", "d"));
    assertEquals(List.of(10_000), taken, "it was known");
  }

  @Test
  void aLimitMayChange() throws Exception {
    assertEquals(10_000, limits.of("http://a", "c"));
    most = 9_000;
    limits.forget("http://a");
    assertEquals(9_000, limits.of("http://a", "c"));
  }

  @Test
  void eachShardHasItsOwn() throws Exception {
    assertEquals(10_000, limits.of("http://a", "c"));
    most = 3_000_000;
    assertEquals(1_000_000, limits.of("http://b", "c"));
  }

  @Test
  void whatIsNotKnownIsNotRemembered() throws Exception {
    List<Kind> failures = new ArrayList<>(List.of(Kind.BUSY));
    FetchLimits busy =
        new FetchLimits(
            (url, collection, rows) -> {
              if (!failures.isEmpty()) {
                throw new ShardException(failures.remove(0), url, "later");
              }
              return rows <= most;
            });
    assertThrows(ShardException.class, () -> busy.of("http://a", "c"));
    assertEquals(10_000, busy.of("http://a", "c"));
  }
}
