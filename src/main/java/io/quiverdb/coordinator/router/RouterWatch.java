// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Polls every registered router for the map that it has adopted. Thread-safe. */
public final class RouterWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 2_000;

  private final RouterClient client;
  private final Supplier<ClusterState> newest;
  private final Clock clock;
  private final Map<String, RouterSighting> sightings = new ConcurrentHashMap<>();
  private final ScheduledFuture<?> task;

  /**
   * Starts to watch.
   *
   * @param newest the state with the registered routers and the map that they should have
   * @param scheduler runs the polls, which never block it: each is asynchronous and ends within 2 s
   */
  public RouterWatch(
      RouterClient client,
      Supplier<ClusterState> newest,
      Clock clock,
      ScheduledExecutorService scheduler) {
    this.client = client;
    this.newest = newest;
    this.clock = clock;
    this.task =
        scheduler.scheduleWithFixedDelay(this::askAll, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void askAll() {
    List<String> urls = newest.get().routers();
    sightings.keySet().retainAll(urls);
    for (String url : urls) {
      var unused =
          client
              .adoptedMap(url)
              .whenComplete(
                  (map, failure) ->
                      note(url, Optional.ofNullable(map), Optional.ofNullable(failure)));
    }
  }

  private void note(String url, Optional<ShardMap> map, Optional<Throwable> failure) {
    RouterSighting before = sighting(url);
    Instant now = clock.instant();
    boolean behind = map.isPresent() && !map.get().equals(newest.get().map());
    sightings.put(
        url,
        map.isPresent()
            ? new RouterSighting(
                url,
                map,
                Optional.of(now),
                Optional.empty(),
                behind ? before.behindSince().or(() -> Optional.of(now)) : Optional.empty())
            : new RouterSighting(
                url,
                before.map(),
                before.lastContact(),
                failure.map(Failures::cause).map(Failures::reason),
                before.behindSince()));
  }

  /** The known state of one router. */
  public RouterSighting sighting(String url) {
    RouterSighting known = sightings.get(url);
    return known != null
        ? known
        : new RouterSighting(
            url, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public void close() {
    task.cancel(false);
  }
}
