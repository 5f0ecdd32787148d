// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks every shard periodically which collections it has, and keeps the last answer of each in
 * memory. Every member watches: the next leader must know the collections of a shard that died
 * together with the last leader. Thread-safe.
 */
public final class ShardWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 5_000;

  /**
   * A listing of thousands of collections costs the shard and this member, even one that is too
   * slow or too large in the end: it is made less often.
   */
  private static final int REST = 50;

  /** Of all shards together; some 400 bytes of memory each. */
  private static final int MAX_COLLECTIONS = 20_000;

  private final ShardProbe probe;
  private final Supplier<ShardMap> newest;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<Long, ShardSighting> sightings = new ConcurrentHashMap<>();

  /** When each address is asked again, by the stopwatch. */
  private final Map<String, Long> due = new ConcurrentHashMap<>();

  private final ScheduledFuture<?> task;

  /**
   * Starts to watch.
   *
   * @param newest the map with the shards of now
   * @param clock tells people when a shard answered
   * @param scheduler never blocked: each question is asynchronous and ends soon
   */
  public ShardWatch(
      ShardProbe probe,
      Supplier<ShardMap> newest,
      Clock clock,
      ScheduledExecutorService scheduler) {
    this(probe, newest, clock, System::nanoTime, scheduler);
  }

  ShardWatch(
      ShardProbe probe,
      Supplier<ShardMap> newest,
      Clock clock,
      LongSupplier nanos,
      ScheduledExecutorService scheduler) {
    this.probe = probe;
    this.newest = newest;
    this.clock = clock;
    this.nanos = nanos;
    this.task =
        scheduler.scheduleWithFixedDelay(this::askAll, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void askAll() {
    List<Shard> shards = newest.get().shards();
    sightings.keySet().retainAll(shards.stream().map(Shard::id).toList());
    due.keySet().retainAll(shards.stream().map(Shard::primaryUrl).toList());
    long asked = nanos.getAsLong();
    for (Shard shard : shards) {
      if (asked - due.getOrDefault(shard.primaryUrl(), asked) >= 0) {
        var unused =
            probe
                .collections(shard.primaryUrl())
                .whenComplete(
                    (listed, failure) -> {
                      long answered = nanos.getAsLong();
                      due.put(shard.primaryUrl(), answered + REST * (answered - asked));
                      if (failure == null) {
                        note(shard, listed);
                      }
                    });
      }
    }
  }

  /** An answer that comes after the shard has got another address says nothing of the new one. */
  private void note(Shard asked, List<ShardCollection> listed) {
    boolean still =
        newest
            .get()
            .shard(asked.id())
            .filter(shard -> shard.primaryUrl().equals(asked.primaryUrl()))
            .isPresent();
    if (still && !fits(asked.id(), listed.size())) {
      sightings.remove(asked.id());
    } else if (still) {
      sightings.put(asked.id(), new ShardSighting(asked.primaryUrl(), clock.instant(), listed));
    }
  }

  private boolean fits(long shardId, int collections) {
    long others =
        sightings.entrySet().stream()
            .filter(entry -> entry.getKey() != shardId)
            .mapToLong(entry -> entry.getValue().collections().size())
            .sum();
    return others + collections <= MAX_COLLECTIONS;
  }

  /**
   * What a shard listed last, at its present address or at an earlier one; empty: it has not
   * answered since this member started, or all shards together list more than {@value
   * #MAX_COLLECTIONS} collections.
   */
  public Optional<ShardSighting> last(long shardId) {
    return Optional.ofNullable(sightings.get(shardId));
  }

  @Override
  public void close() {
    task.cancel(false);
  }
}
