// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.shard.ShardProbe;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Watches the addresses that shards have left since this member started: routers that remember one
 * write to whatever answers there. Thread-safe.
 */
final class LeftAddresses implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 5_000;

  /** The oldest are forgotten. */
  private static final int MAX_LEFT = 64;

  private final ShardProbe probe;
  private final Supplier<ShardMap> newest;
  private final ScheduledFuture<?> task;
  private Optional<ShardMap> before = Optional.empty();

  /** URL and the shard that left it, the oldest first. */
  private final Map<String, Long> left = new LinkedHashMap<>();

  private final TreeSet<String> answering = new TreeSet<>();

  /**
   * Starts to watch.
   *
   * @param newest the map of now
   * @param scheduler never blocked: each question is asynchronous and ends soon
   */
  LeftAddresses(ShardProbe probe, Supplier<ShardMap> newest, ScheduledExecutorService scheduler) {
    this.probe = probe;
    this.newest = newest;
    this.task =
        scheduler.scheduleWithFixedDelay(this::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (String url : note(newest.get())) {
      var unused = probe.healthy(url).thenAccept(healthy -> note(url, healthy));
    }
  }

  private synchronized List<String> note(ShardMap map) {
    for (Shard shard : before.map(ShardMap::shards).orElse(List.of())) {
      map.shard(shard.id())
          .filter(now -> !now.primaryUrl().equals(shard.primaryUrl()))
          .ifPresent(now -> left.put(shard.primaryUrl(), shard.id()));
    }
    before = Optional.of(map);
    left.keySet().removeIf(url -> isIn(map, url));
    // Routers have nothing to write to a shard that is in no map.
    left.values().removeIf(id -> map.shard(id).isEmpty());
    Iterator<String> oldest = left.keySet().iterator();
    for (int surplus = left.size() - MAX_LEFT; surplus > 0; surplus--) {
      oldest.next();
      oldest.remove();
    }
    answering.retainAll(left.keySet());
    return List.copyOf(left.keySet());
  }

  /** An address may be written in more than one way. */
  private static boolean isIn(ShardMap map, String url) {
    return HttpUrl.parse(url)
        .filter(
            left -> map.shards().stream().anyMatch(it -> it.urls().stream().anyMatch(left::names)))
        .isPresent();
  }

  private synchronized void note(String url, boolean healthy) {
    if (healthy && left.containsKey(url)) {
      answering.add(url);
    } else {
      answering.remove(url);
    }
  }

  /** One for each address where something answers. */
  synchronized List<Alarm> alarms() {
    List<Alarm> alarms = new ArrayList<>();
    left.forEach(
        (url, shardId) -> {
          if (answering.contains(url)) {
            alarms.add(alarm(url, shardId));
          }
        });
    return alarms;
  }

  private static Alarm alarm(String url, long shardId) {
    return new Alarm(
        "left_address_answers",
        "critical",
        "shard "
            + Unsigned.text(shardId)
            + " has left "
            + url
            + ", and a process answers there: routers that remember the address write to it,"
            + " and what it acknowledges is lost; stop it, then restart the routers");
  }

  @Override
  public void close() {
    task.cancel(false);
  }
}
