// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A shard gets another address. */
class SetUrlTest {
  private static final Optional<List<String>> KEEP = Optional.empty();

  private final ShardMap map =
      new ShardMap(
          7,
          List.of(
              new Shard(4, "http://a:1", List.of()),
              new Shard(-2L, "http://b:1", List.of("http://b2:1", "http://b3:1")),
              new Shard(6, "http://c:1", List.of("http://c2:1"))),
          List.of(-2L),
          List.of(6L));

  private ShardMap changed(long id, String url, Optional<List<String>> replicas) {
    return assertInstanceOf(Changed.class, map.setUrl(id, url, replicas)).map();
  }

  private void assertRefused(
      Refusal reason, String about, long id, String url, Optional<List<String>> replicas) {
    Refused refused = assertInstanceOf(Refused.class, map.setUrl(id, url, replicas));
    assertEquals(reason, refused.refusal(), refused.detail());
    assertTrue(refused.detail().contains(about), refused.detail());
  }

  @Test
  void theAddressThatIsLeftIsNoReplicaAtOnce() {
    Shard shard = map.shards().get(0);
    Refused refused =
        assertInstanceOf(
            Refused.class,
            map.setUrl(shard.id(), "http://new:1", Optional.of(List.of(shard.primaryUrl() + "/"))));
    assertEquals(Refusal.DUPLICATE_URL, refused.refusal());
    assertTrue(refused.detail().contains("routers remember"), refused.detail());
  }

  @Test
  void itKeepsItsPlaceItsFlagsAndItsReplicas() {
    ShardMap after = changed(-2L, " http://new:1 ", KEEP);
    assertEquals(
        new ShardMap(
            8,
            List.of(
                map.shards().get(0),
                new Shard(-2L, "http://new:1", List.of("http://b2:1", "http://b3:1")),
                map.shards().get(2)),
            map.joining(),
            map.leaving()),
        after);
    assertEquals(Optional.empty(), after.violation());
  }

  @Test
  void itsReplicaBecomesItsPrimaryAndLeavesTheList() {
    ShardMap after = changed(-2L, "HTTP://B3:1/", KEEP);
    assertEquals(
        new Shard(-2L, "HTTP://B3:1/", List.of("http://b2:1")), after.shard(-2L).orElseThrow());
    assertEquals(Optional.empty(), after.violation());
  }

  @Test
  void replicasThatAreGivenReplaceThoseThatItHas() {
    assertEquals(
        List.of(), changed(6, "http://c2:1", Optional.of(List.of())).shards().get(2).replicaUrls());
    assertEquals(
        List.of("http://c9:1"),
        changed(6, "http://c2:1", Optional.of(List.of(" http://c9:1")))
            .shards()
            .get(2)
            .replicaUrls());
  }

  @Test
  void refusals() {
    assertRefused(Refusal.UNKNOWN_SHARD, "5", 5, "http://new:1", KEEP);
    assertRefused(Refusal.INVALID_URL, "primary_url", 4, "ftp://new", KEEP);
    assertRefused(Refusal.INVALID_URL, "blank", 4, " ", KEEP);
    assertRefused(Refusal.DUPLICATE_URL, "this shard already", 4, "http://A:1/", KEEP);
    assertRefused(Refusal.DUPLICATE_URL, "shard 6", 4, "http://c:1", KEEP);
    assertRefused(Refusal.DUPLICATE_URL, "shard 6", 4, "http://c2:1", KEEP);
    assertRefused(
        Refusal.DUPLICATE_URL,
        "replica_urls",
        4,
        "http://n:1",
        Optional.of(List.of("http://b2:1")));
    assertRefused(
        Refusal.DUPLICATE_URL, "twice", 6, "http://c2:1", Optional.of(List.of("http://c2:1/")));
    assertRefused(
        Refusal.INVALID_URL, "replica_urls", 4, "http://n:1", Optional.of(List.of("no url")));
    assertRefused(
        Refusal.LIMIT_REACHED,
        "16",
        4,
        "http://n:1",
        Optional.of(Collections.nCopies(ShardMap.MAX_REPLICAS + 1, "http://r:1")));
  }

  @Test
  void theLastVersionIsNotPassed() {
    MapChange change = map.withVersion(-1L).setUrl(4, "http://new:1", KEEP);
    assertEquals(Refusal.COUNTER_EXHAUSTED, assertInstanceOf(Refused.class, change).refusal());
  }
}
