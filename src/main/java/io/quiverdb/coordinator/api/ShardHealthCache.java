// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The last known health of the shards; asks them at most every two seconds. */
final class ShardHealthCache {
  private final ShardProbe probe;
  private final SharedLook<ShardMap, Seen> newest =
      new SharedLook<>(System::nanoTime, Duration.ofSeconds(2), this::ask);

  /**
   * One shard.
   *
   * @param trouble why it is not healthy; empty if it is
   */
  record Sighting(Optional<String> trouble, OptionalLong points) {
    boolean healthy() {
      return trouble.isEmpty();
    }
  }

  /** All of them. */
  record Seen(ShardMap map, Map<Long, Sighting> byId) {
    /** No shard was asked. */
    static final Seen NONE = new Seen(ShardMap.EMPTY, Map.of());

    Sighting of(Shard shard) {
      return byId.getOrDefault(
          shard.id(), new Sighting(Optional.of("it was not asked"), OptionalLong.empty()));
    }

    List<Shard> unhealthy() {
      return map.shards().stream().filter(shard -> !of(shard).healthy()).toList();
    }
  }

  ShardHealthCache(ShardProbe probe) {
    this.probe = probe;
  }

  CompletableFuture<Seen> of(ShardMap map) {
    return newest.at(map);
  }

  private CompletableFuture<Seen> ask(ShardMap map) {
    Map<Long, Sighting> byId = new TreeMap<>();
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    for (Shard shard : map.shards()) {
      answers.add(
          probe
              .trouble(shard.primaryUrl())
              .thenCombine(probe.points(shard.primaryUrl()), Sighting::new)
              .thenAccept(
                  sighting -> {
                    synchronized (byId) {
                      byId.put(shard.id(), sighting);
                    }
                  }));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(done -> new Seen(map, byId));
  }
}
