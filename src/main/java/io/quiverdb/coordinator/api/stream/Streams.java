// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.thread.DaemonThreads;
import io.quiverdb.coordinator.thread.PeriodicExecutor;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of one member. One thread serves all clients while there are any; it never waits for
 * a client. Thread-safe.
 */
public final class Streams implements AutoCloseable {
  /** The limit of clients of all streams together. */
  public static final int MAX_CLIENTS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  /** If so many states wait, newer ones take their place: a state holds the last 1,000 changes. */
  private static final int MAX_STATES = 1_024;

  private static final long TICK_MILLIS = 1_000;

  /** The interval at which members ask shards and routers. */
  private static final int TICKS_A_LOOK = 2;

  private final Sources sources;
  private final EventFeed events;
  private final MapFeed maps;
  private final List<Feed> feeds;
  private final ScheduledExecutorService executor;
  private final Turn turn;
  private final AtomicInteger clients = new AtomicInteger();
  private final BlockingQueue<AppliedState> states = new ArrayBlockingQueue<>(MAX_STATES);
  private final AtomicBoolean draining = new AtomicBoolean();
  private volatile boolean closed;
  private Optional<Watching> watching = Optional.empty();
  private boolean looking;
  private int ticks;
  private long begun;

  /**
   * The sources of the streams.
   *
   * @param node the id of this member
   * @param clock for times that people read
   * @param nanos a monotonic clock
   * @param view the applied state
   * @param reads finds the end of the log
   * @param leadership who leads
   * @param alarms computes this member's alarms; called only while there are clients
   * @param maps renders maps
   * @param fresh whether the map is proven to be young enough
   */
  public record Sources(
      String node,
      Clock clock,
      LongSupplier nanos,
      StateView view,
      Reads reads,
      Leadership leadership,
      Supplier<CompletableFuture<List<RaisedAlarm>>> alarms,
      MapResponseCache maps,
      BooleanSupplier fresh) {}

  /** The parts that exist only while there are clients. */
  private record Watching(
      StateView.Subscription state, StateView.Subscription leader, ScheduledFuture<?> ticks) {
    void end() {
      state.close();
      leader.close();
      ticks.cancel(false);
    }
  }

  /** Without clients. */
  public Streams(Sources sources) {
    this.sources = sources;
    this.events = new EventFeed(sources.node(), sources.clock());
    this.maps = new MapFeed(sources.maps(), sources.fresh(), sources.clock());
    this.feeds = List.of(events, maps);
    PeriodicExecutor idle = new PeriodicExecutor(1, DaemonThreads.named("streams"));
    idle.setKeepAliveTime(10, TimeUnit.SECONDS);
    idle.allowCoreThreadTimeOut(true);
    idle.setRemoveOnCancelPolicy(true);
    this.executor = idle;
    this.turn = new OwnThread();
  }

  private final class OwnThread implements Turn {
    @Override
    public long nanos() {
      return sources.nanos().getAsLong();
    }

    @Override
    public void execute(Runnable task) {
      try {
        executor.execute(() -> guarded(task));
      } catch (RejectedExecutionException e) {
        LOG.debug("a stream ended with its member", e);
      }
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a stream of events failed; its clients continue when they connect again", e);
    }
  }

  /** Reserves a place for a client; false if the limit is reached. */
  public boolean admit() {
    if (closed) {
      return false;
    }
    if (clients.incrementAndGet() > MAX_CLIENTS) {
      clients.decrementAndGet();
      return false;
    }
    return true;
  }

  /**
   * Starts to send events to an admitted client.
   *
   * @param since the place behind which they are wanted; empty: what comes from now on
   */
  public void events(Sink sink, Optional<EventId> since) {
    begin(
        () -> {
          AppliedState applied = current();
          EventId place = since.orElseGet(() -> EventId.behind(Math.max(0, applied.index())));
          StreamClient client = client(sink, place.text());
          events.join(client, place, applied);
          if (place.index() > applied.index()) {
            findTheEnd(client);
          }
          look();
        });
  }

  /**
   * Starts to send maps to an admitted client, the current one first.
   *
   * @param version of the map that it has; empty: none
   */
  public void maps(Sink sink, Optional<String> version) {
    String known = version.orElse("");
    begin(() -> maps.join(client(sink, known), known, current()));
  }

  private void begin(Runnable join) {
    turn.execute(
        () -> {
          watch();
          join.run();
          if (closed) {
            feeds.forEach(Feed::end);
          }
        });
  }

  private AppliedState current() {
    return sources.view().current();
  }

  private StreamClient client(Sink sink, String id) {
    return new StreamClient(sink, turn, begun++, id, clients::decrementAndGet);
  }

  /** Subscribes before the first client joins, so that it misses nothing. */
  private void watch() {
    if (watching.isEmpty()) {
      watching =
          Optional.of(
              new Watching(
                  sources.view().subscribe(this::applied),
                  sources.leadership().subscribe(view -> turn.execute(() -> events.leads(view))),
                  executor.scheduleWithFixedDelay(
                      this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS)));
      events.leads(sources.leadership().current());
    }
  }

  /** Runs on the thread that applies the log. */
  private void applied(AppliedState applied) {
    if (!states.offer(applied)) {
      LOG.debug("too many states wait; the newest one will do");
    }
    if (draining.compareAndSet(false, true)) {
      turn.execute(this::drain);
    }
  }

  private void drain() {
    draining.set(false);
    for (AppliedState next = states.poll(); next != null; next = states.poll()) {
      tell(next);
    }
    tell(current());
  }

  private void tell(AppliedState applied) {
    feeds.forEach(feed -> feed.applied(applied));
  }

  private void tick() {
    feeds.forEach(Feed::tick);
    ticks++;
    if (feeds.stream().mapToInt(Feed::clients).sum() == 0) {
      watching.ifPresent(Watching::end);
      watching = Optional.empty();
      events.forget();
    } else if (ticks % TICKS_A_LOOK == 0) {
      look();
    }
  }

  private void look() {
    if (looking || events.clients() == 0) {
      return;
    }
    looking = true;
    var unused =
        sources
            .alarms()
            .get()
            .whenComplete(
                (raised, failure) ->
                    turn.execute(
                        () -> {
                          looking = false;
                          if (failure == null) {
                            events.alarms(raised);
                          } else {
                            LOG.warn("the alarms could not be computed; trying again", failure);
                          }
                        }));
  }

  /**
   * Finds the end of the log: this member may lag behind the client's previous member, or the log
   * may be another one.
   */
  private void findTheEnd(StreamClient client) {
    var unused =
        sources
            .reads()
            .linearizable()
            .whenComplete(
                (applied, failure) ->
                    turn.execute(
                        () -> {
                          if (failure == null) {
                            events.endsAt(client, applied.index());
                          } else if (!client.closed()) {
                            later(() -> findTheEnd(client));
                          }
                        }));
  }

  private void later(Runnable task) {
    var unused = executor.schedule(() -> guarded(task), TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The number of clients. */
  public int clients() {
    return clients.get();
  }

  /** Ends every stream, so that clients continue at another member, and accepts no more. */
  public void end() {
    closed = true;
    turn.execute(() -> feeds.forEach(Feed::end));
  }

  @Override
  public void close() {
    closed = true;
    turn.execute(() -> watching.ifPresent(Watching::end));
    executor.shutdown();
  }
}
