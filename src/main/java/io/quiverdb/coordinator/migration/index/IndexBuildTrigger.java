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
 * Has indexes built: a shard builds one only when somebody searches. Per shard and collection there
 * is at most one open search without time-out while {@code index_ready} is false, closed the moment
 * it turns true: closed earlier, the build is thrown away; kept longer, it and every search behind
 * it hang while writes come in. The open searches outlive the steps that tend them.
 *
 * <p>A shard that serves has other things to do than to build: only a few are open at a time, first
 * where the move has changed the most, and none where it has changed nothing. For one thread at a
 * time.
 */
public final class IndexBuildTrigger {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBuildTrigger.class);

  /** How often {@link #poll} is to be called while a build is owed. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  /** So many builds may go on at one URL: each takes a core or more of a shard that serves. */
  static final int MAX_OPEN_AT_ONE_URL = 2;

  /** So many in all: each open search has a thread and a connection. */
  static final int MAX_OPEN = 16;

  /** So long one round goes on to open searches in place of those that are over at once. */
  private static final Duration ROUND_TIME = INTERVAL.dividedBy(2);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  private static final Duration NO_LIMIT = Duration.ofDays(1);
  private static final int NEIGHBOURS = 10;

  /** A row that is read beside a step. */
  private static final int MAX_SHORT_ROW_BYTES = 4 << 20;

  /** What the vectors of all open searches may have together, in bytes. */
  private static final long MAX_OPEN_BYTES = 8 << 20;

  /** What a move has changed. */
  interface Changes {
    /** How many points of a collection at a URL; 0: no build is wanted there, or not yet. */
    long points(String url, String collection);
  }

  private record Place(String url, String collection) {}

  private record Owed(Place place, ShardCollection collection, long points) {}

  private final Tasks tasks;
  private final Map<Place, Tasks.Task<String>> open = new LinkedHashMap<>();
  private final Map<Place, Long> openBytes = new HashMap<>();
  private final Map<Place, ShardCollection> refused = new HashMap<>();

  /** The last move that set off a build there, by its id. */
  private final Map<Place, Long> triggered = new HashMap<>();

  /** With no search open; {@code tasks} runs them. */
  public IndexBuildTrigger(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * Opens searches that are owed and closes those whose index is there.
   *
   * @param urls shards and replicas to look at; one that does not answer is left for the next time
   */
  public void poll(MigrationContext context, List<String> urls, Changes changes)
      throws InterruptedException {
    List<Owed> owed = new ArrayList<>();
    each(context, urls, (url, listed) -> meet(url, listed, changes, owed));
    open(context, owed);
  }

  /**
   * Likewise where points were loaded by the move: an index that was there before does not have
   * them, and says that it is ready. One short search sets off a build, which then runs beside the
   * verification. One at a time: the others are to be tended meanwhile.
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
      // The other collections are tended all the same.
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

  /** Goes on for a while: builds of small collections are over at once. */
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

  /** A long one is read only while nothing else is kept in memory; its vector is all that stays. */
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

  /** Whether it was seen to refuse searches of this collection as it is: no index comes of them. */
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

  /** Closes whatever is open; an interruption meanwhile is kept for later. */
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
