// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.StubCluster.Call;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** One router with a coordinator and shards that note what it asks of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RouterUnderTest {
  final QuiverFixture nodes;
  final boolean newest;
  StubCluster cluster;
  QuiverClient router;
  long lastVersion;

  RouterUnderTest(QuiverFixture nodes) {
    this.nodes = nodes;
    this.newest = nodes.version() != QuiverVersion.V0_27_0;
  }

  @BeforeAll
  void start() throws IOException {
    cluster = new StubCluster();
    router =
        QuiverClient.of(
            nodes.router(
                List.of(cluster.shard("0"), cluster.shard("1")),
                Optional.of(cluster.coordinator() + "/"),
                false));
  }

  @AfterAll
  void stop() {
    nodes.close();
    cluster.close();
  }

  ShardMap map(List<Long> ids, List<Long> joining, List<Long> leaving) {
    lastVersion++;
    List<Shard> shards =
        ids.stream()
            .map(id -> new Shard(id, cluster.shard(Long.toUnsignedString(id)), List.of()))
            .toList();
    return new ShardMap(lastVersion, shards, joining, leaving);
  }

  /** As the release understands it. */
  ShardMap understood(ShardMap map) {
    return newest ? map : new ShardMap(map.version(), map.shards(), map.joining(), List.of());
  }

  String json(ShardMap map) {
    return RouterMapJson.text(map, QuiverVersion.V1_1_0);
  }

  void adopt(ShardMap map) {
    cluster.serveMap(json(map));
    awaitVersion(map.version());
    cluster.takeCalls();
  }

  void awaitVersion(long version) {
    await("adoption of version " + version)
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> router.get("/cluster/map").json().path("version").asLong() == version);
  }

  void awaitPolls(int more) {
    int before = cluster.polls().size();
    await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> cluster.polls().size() >= before + more);
  }

  static String points(List<String> ids) {
    return ids.stream()
        .map(id -> "{\"id\":" + quoted(id) + ",\"vector\":[1,2],\"payload\":{\"i\":1.10}}")
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  static String ids(List<String> ids) {
    return ids.stream()
        .map(RouterUnderTest::quoted)
        .collect(Collectors.joining(",", "{\"ids\":[", "]}"));
  }

  static String quoted(String text) {
    return QuiverClient.JSON.getNodeFactory().textNode(text).toString();
  }

  static List<String> some() {
    return IntStream.range(0, 40).mapToObj(i -> "p" + i).toList();
  }

  /** Which shard gets which ids, from owners or donors, in the order of the given ids. */
  static Map<String, List<String>> spread(List<String> ids, Function<String, OptionalLong> target) {
    Map<String, List<String>> spread = new TreeMap<>();
    for (String id : ids) {
      target
          .apply(id)
          .ifPresent(
              shard ->
                  spread
                      .computeIfAbsent(Long.toUnsignedString(shard), s -> new ArrayList<>())
                      .add(id));
    }
    return spread;
  }

  static Map<String, List<String>> written(List<Call> calls) {
    Map<String, List<String>> written = new TreeMap<>();
    calls.forEach(call -> assertEquals(null, written.put(call.shard(), call.ids()), "twice"));
    return written;
  }

  /** Owners first, all of them, then donors. */
  void checkDualWrite(ShardMap map, List<String> ids, List<Call> calls) {
    ShardMap now = understood(map);
    Map<String, List<String>> owners = spread(ids, id -> RendezvousHash.owner(now, id));
    Map<String, List<String>> donors = spread(ids, id -> RendezvousHash.donor(now, id));
    assertEquals(owners.size() + donors.size(), calls.size(), calls::toString);
    assertEquals(owners, written(calls.subList(0, owners.size())));
    assertEquals(donors, written(calls.subList(owners.size(), calls.size())));
  }
}
