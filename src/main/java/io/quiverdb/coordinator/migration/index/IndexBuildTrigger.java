// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Triggers index builds: a shard builds an index only when a search arrives. While {@code
 * index_ready} is false, at most one search without time-out is open for each shard and collection.
 * It is closed as soon as {@code index_ready} turns true. If it is closed earlier, the shard
 * discards the build; if later, it blocks all searches behind it while writes arrive. Open searches
 * outlive the step that opened them.
 *
 * <p>A shard that serves clients has other work: only a few searches are open at a time, first
 * where the migration has changed the most points. Not thread-safe.
 */
public final class IndexBuildTrigger {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBuildTrigger.class);

  /** How often {@link #poll} is called while a build is pending. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  /** Concurrent builds at one URL: each takes a core or more of a shard that serves clients. */
  static final int MAX_OPEN_AT_ONE_URL = 2;

  /** Concurrent builds in all: each open search has a thread and a connection. */
  static final int MAX_OPEN = 16;

  /** How long one round replaces searches that end at once by others. */
  private static final Duration ROUND_TIME = INTERVAL.dividedBy(2);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  private static final Duration NO_LIMIT = Duration.ofDays(1);
  private static final int NEIGHBOURS = 10;

  /** The longest row that is read while a step keeps rows in memory, in bytes. */
  private static final int MAX_SHORT_ROW_BYTES = 4 << 20;

  /** Memory of the vectors of all open searches, in bytes. */
  private static final long MAX_OPEN_BYTES = 8 << 20;

  /** The points that a migration has changed. */
  interface Changes {
    /** Changed points of a collection at a URL; 0: no build is needed there, or not yet. */
    long points(String url, String collection);
  }

  private record Place(String url, String collection) {}

  private record Owed(Place place, ShardCollection collection, long points) {}

  private final Tasks tasks;
  private final Map<Place, Tasks.Task<String>> open = new LinkedHashMap<>();
  private final Map<Place, Long> openBytes = new HashMap<>();
  private final Map<Place, ShardCollection> refused = new HashMap<>();

  /** The id of the last migration that triggered a build there. */
  private final Map<Place, Long> triggered = new HashMap<>();

  /** With no search open; {@code tasks} runs them. */
  public IndexBuildTrigger(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * Opens the searches that are needed and closes those whose index is ready.
   *
   * @param urls shards and replicas to poll; one that does not answer is left for the next call
   */
  public void poll(MigrationContext context, List<String> urls, Changes changes)
      throws InterruptedException {
    List<Owed> owed = new ArrayList<>();
    each(context, urls, (url, listed) -> meet(url, listed, changes, owed));
    open(context, owed);
  }

  /**
   * Like {@link #poll}, for a shard that the migration has loaded. An older index there reports
   * ready although it lacks the loaded points; one short search triggers a new build. Triggers one
   * build in a call, so that open searches are polled in time.
   */
  public void pollLoaded(MigrationContext context, List<String> urls, Changes changes)
      throws InterruptedException {
    List<Owed> owed = new ArrayList<>();
    Map<Place, ShardCollection> stale = new LinkedHashMap<>();
    each(
        context,
        urls,
        (url, listed) -> {
          meet(url, listed, changes, owed);
          Place place = new Place(url, listed.name());
          if (listed.indexReady().orElse(true)
              && isSearchable(url, listed)
              && !isTriggered(context, place)
              && changes.points(url, listed.name()) > 0) {
            stale.put(place, listed);
          }
        });
    open(context, owed);
    for (Map.Entry<Place, ShardCollection> one : stale.entrySet()) {
      if (triggerBuild(context, one.getKey(), one.getValue())) {
        return;
      }
    }
  }

  private void each(
      MigrationContext context, List<String> urls, BiConsumer<String, ShardCollection> visit)
      throws InterruptedException {
    for (String url : urls) {
      List<ShardCollection> collections;
      try {
        collections = context.shards().collections(url);
      } catch (ShardException e) {
        context.control().check();
        continue;
      }
      Set<String> names = new HashSet<>();
      collections.forEach(collection -> names.add(collection.name()));
      closeIf(place -> place.url().equals(url) && !names.contains(place.collection()));
      collections.forEach(collection -> visit.accept(url, collection));
    }
  }

  private boolean triggerBuild(MigrationContext context, Place place, ShardCollection collection)
      throws InterruptedException {
    Optional<Row> row;
    try {
      row = first(context, place);
    } catch (ShardException e) {
      // The other collections are polled anyway.
      context.control().check();
      return false;
    }
    if (row.isPresent()) {
      String outcome = search(context, place, collection, row.get(), SearchProbes.SEARCH_TIMEOUT);
      LOG.debug("a first search at {}: {}", place, outcome);
      triggered.put(place, context.migration().id());
    }
    return row.isPresent();
  }

  private boolean isTriggered(MigrationContext context, Place place) {
    return Objects.equals(triggered.get(place), context.migration().id());
  }

  private boolean isSearchable(String url, ShardCollection collection) {
    return collection.count() > 0 && !collection.multivector() && !isRefused(url, collection);
  }

  private void meet(String url, ShardCollection listed, Changes changes, List<Owed> owed) {
    Place place = new Place(url, listed.name());
    if (listed.indexReady().orElse(true)) {
      closeIf(place::equals);
      return;
    }
    boolean going = open.containsKey(place) && !open.get(place).isDone();
    if (!going && isSearchable(url, listed)) {
      long points = changes.points(url, listed.name());
      if (points > 0) {
        owed.add(new Owed(place, listed, points));
      }
    }
  }

  /** Repeats for a while: builds of small collections end at once. */
  private void open(MigrationContext context, List<Owed> owed) throws InterruptedException {
    long end = context.time().nanos() + ROUND_TIME.toNanos();
    List<Owed> left = new ArrayList<>(owed);
    left.sort(Comparator.comparingLong(Owed::points).reversed());
    Set<String> silent = new HashSet<>();
    while (true) {
      closeDone();
      for (Iterator<Owed> next = left.iterator(); next.hasNext(); ) {
        Owed one = next.next();
        if (silent.contains(one.place().url())) {
          next.remove();
        } else if (hasRoom(one.place().url())) {
          next.remove();
          open(context, one, silent);
        }
      }
      if (left.isEmpty() || context.time().nanos() - end >= 0) {
        return;
      }
      context.time().sleep(POLL_INTERVAL);
    }
  }

  private boolean hasRoom(String url) {
    return open.size() < MAX_OPEN
        && openBytes.values().stream().mapToLong(Long::longValue).sum() < MAX_OPEN_BYTES
        && open.keySet().stream().filter(place -> place.url().equals(url)).count()
            < MAX_OPEN_AT_ONE_URL;
  }

  private void open(MigrationContext context, Owed owed, Set<String> silent)
      throws InterruptedException {
    Place place = owed.place();
    try {
      Optional<Row> row = first(context, place);
      if (row.isPresent()) {
        triggered.put(place, context.migration().id());
        openBytes.put(place, row.get().memory());
        open.put(
            place,
            tasks.start(
                "index-build", () -> untilClosed(context, place, owed.collection(), row.get())));
      }
    } catch (ShardException e) {
      context.control().check();
      if (e.kind() != ShardException.Kind.REFUSED
          && e.kind() != ShardException.Kind.NO_COLLECTION) {
        silent.add(place.url());
      }
    }
  }

  /** A long row is read only while memory for it is free; only its vector is kept. */
  private static Optional<Row> first(MigrationContext context, Place place)
      throws ShardException, InterruptedException {
    try {
      return first(context, place, MemoryBudget.FEW_ROWS_BYTES, MAX_SHORT_ROW_BYTES);
    } catch (ShardException e) {
      if (e.kind() != ShardException.Kind.REFUSED) {
        throw e;
      }
      return first(context, place, MemoryBudget.LONG_ROW_BYTES, ShardApi.PAGE_BYTES);
    }
  }

  private static Optional<Row> first(MigrationContext context, Place place, long room, int most)
      throws ShardException, InterruptedException {
    Optional<MemoryBudget.Share> share = context.memory().tryTake(room);
    if (share.isEmpty()) {
      return Optional.empty();
    }
    try (MemoryBudget.Share held = share.get()) {
      return context
          .shards()
          .fetch(place.url(), place.collection(), 0, 1, most, id -> true)
          .rows()
          .stream()
          .findFirst()
          .map(Row::withoutPayload);
    }
  }

  private String untilClosed(
      MigrationContext context, Place place, ShardCollection collection, Row near) {
    try {
      return search(context, place, collection, near, NO_LIMIT);
    } catch (InterruptedException e) {
      return "closed";
    }
  }

  private String search(
      MigrationContext context, Place place, ShardCollection collection, Row near, Duration limit)
      throws InterruptedException {
    try {
      var unused =
          context.shards().search(place.url(), place.collection(), near, NEIGHBOURS, limit);
      return "answered";
    } catch (ShardException e) {
      if (e.kind() == ShardException.Kind.REFUSED) {
        refuse(place, collection);
      }
      return "not answered: " + e.getMessage();
    }
  }

  /**
   * Whether the shard has refused searches of this collection with this schema, so that no index is
   * built.
   */
  boolean isRefused(String url, ShardCollection collection) {
    synchronized (refused) {
      ShardCollection then = refused.get(new Place(url, collection.name()));
      return then != null && then.sameSchema(collection);
    }
  }

  private void refuse(Place place, ShardCollection collection) {
    synchronized (refused) {
      refused.put(place, collection);
    }
  }

  /** Closes all open searches. An interrupt meanwhile is kept. */
  public void closeAll() {
    closeIf(place -> true);
  }

  private void closeDone() {
    closeIf(place -> open.containsKey(place) && open.get(place).isDone());
  }

  private void closeIf(Predicate<Place> which) {
    List<Place> places = open.keySet().stream().filter(which).toList();
    List<Tasks.Task<String>> closing = places.stream().map(open::remove).toList();
    places.forEach(openBytes::remove);
    closing.forEach(Tasks.Task::cancel);
    closing.forEach(TaskJoin::quietly);
  }
}
