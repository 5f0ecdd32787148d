package io.quiverdb.coordinator.router;

import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks every registered router, again and again, which map it has adopted. Thread-safe. */
public final class RouterWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 2_000;

  private final RouterClient client;
  private final Supplier<List<String>> registered;
  private final Clock clock;
  private final Map<String, RouterSighting> sightings = new ConcurrentHashMap<>();
  private final ScheduledFuture<?> task;

  /**
   * Starts to watch.
   *
   * @param registered the routers that are registered now
   * @param scheduler never blocked: each attempt is asynchronous and ends within 2 s
   */
  public RouterWatch(
      RouterClient client,
      Supplier<List<String>> registered,
      Clock clock,
      ScheduledExecutorService scheduler) {
    this.client = client;
    this.registered = registered;
    this.clock = clock;
    this.task =
        scheduler.scheduleWithFixedDelay(this::askAll, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void askAll() {
    List<String> urls = registered.get();
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
    sightings.put(
        url,
        map.isPresent()
            ? new RouterSighting(url, map, Optional.of(clock.instant()), Optional.empty())
            : new RouterSighting(
                url,
                before.map(),
                before.lastContact(),
                failure.map(Failures::cause).map(Failures::reason)));
  }

  /** What is known of one router. */
  public RouterSighting sighting(String url) {
    RouterSighting known = sightings.get(url);
    return known != null
        ? known
        : new RouterSighting(url, Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public void close() {
    task.cancel(false);
  }
}
