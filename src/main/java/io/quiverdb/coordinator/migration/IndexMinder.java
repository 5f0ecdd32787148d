package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has indexes built: a shard builds one only when somebody searches. Per shard and collection there
 * is at most one open search without time-out while {@code index_ready} is false, closed the moment
 * it turns true: closed earlier, the build is thrown away; kept longer, it and every search behind
 * it hang while writes come in. The open searches outlive the steps that tend them. For one thread
 * at a time.
 */
final class IndexMinder {
  private static final Logger LOG = LoggerFactory.getLogger(IndexMinder.class);

  /** How often {@link #tend} is to be called while a build is owed. */
  static final Duration INTERVAL = Duration.ofMillis(500);

  private static final Duration NO_LIMIT = Duration.ofDays(1);
  private static final int NEIGHBOURS = 10;

  private record Place(String url, String collection) {}

  private interface Visit {
    void to(String url, ShardCollection collection) throws InterruptedException;
  }

  private final Tasks tasks;
  private final Map<String, Tasks.Task<String>> open = new TreeMap<>();
  private final Map<Place, ShardCollection> refused = new HashMap<>();

  /** The last move that set off a build there, by its id. */
  private final Map<Place, Long> stirred = new HashMap<>();

  IndexMinder(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * Opens the searches that are owed and closes those whose index is there.
   *
   * @param urls shards and replicas to look at; one that does not answer is left for the next time
   * @param wanted by name: the collections whose index may be built already
   */
  void tend(Move move, List<String> urls, Predicate<String> wanted) throws InterruptedException {
    each(move, urls, (url, listed) -> tend(move, url, listed, wanted.test(listed.name())));
  }

  /**
   * Likewise where points were loaded by the move: an index that was there before does not have
   * them, and says that it is ready. One short search sets off a build, which then runs beside the
   * verification. One at a time: the others are to be tended meanwhile.
   */
  void tendLoaded(Move move, List<String> urls, Predicate<String> wanted)
      throws InterruptedException {
    Map<Place, ShardCollection> owed = new LinkedHashMap<>();
    each(
        move,
        urls,
        (url, listed) -> {
          boolean loaded = wanted.test(listed.name());
          tend(move, url, listed, loaded);
          Place place = new Place(url, listed.name());
          if (loaded
              && listed.indexReady().orElse(true)
              && isSearchable(url, listed)
              && !isStirred(move, place)) {
            owed.put(place, listed);
          }
        });
    for (Map.Entry<Place, ShardCollection> one : owed.entrySet()) {
      if (stir(move, one.getKey(), one.getValue())) {
        return;
      }
    }
  }

  private static void each(Move move, List<String> urls, Visit visit) throws InterruptedException {
    for (String url : urls) {
      List<ShardCollection> collections;
      try {
        collections = move.shards().collections(url);
      } catch (ShardException e) {
        move.control().check();
        continue;
      }
      for (ShardCollection collection : collections) {
        visit.to(url, collection);
      }
    }
  }

  private boolean stir(Move move, Place place, ShardCollection collection)
      throws InterruptedException {
    Optional<Row> row = first(move, place);
    if (row.isPresent()) {
      String outcome = search(move, place, collection, row.get(), Probes.SHORT);
      LOG.debug("a first search at {}: {}", place, outcome);
      stirred.put(place, move.control().migration().id());
    }
    return row.isPresent();
  }

  private boolean isStirred(Move move, Place place) {
    return Objects.equals(stirred.get(place), move.control().migration().id());
  }

  private boolean isSearchable(String url, ShardCollection collection) {
    return collection.count() > 0 && !collection.multivector() && !isRefused(url, collection);
  }

  private void tend(Move move, String url, ShardCollection collection, boolean wanted)
      throws InterruptedException {
    Place place = new Place(url, collection.name());
    boolean owed = collection.indexReady().map(ready -> !ready).orElse(false);
    Tasks.Task<String> search = open.get(key(place));
    if (search != null && (!owed || search.isDone())) {
      open.remove(key(place));
      close(search);
      search = null;
    }
    if (search == null && owed && wanted && isSearchable(url, collection)) {
      first(move, place)
          .ifPresent(
              row -> {
                stirred.put(place, move.control().migration().id());
                open.put(
                    key(place),
                    tasks.start("index-build", () -> untilClosed(move, place, collection, row)));
              });
    }
  }

  /** Empty as well if it cannot be read now: the other collections are tended all the same. */
  private static Optional<Row> first(Move move, Place place) throws InterruptedException {
    try {
      return move.shards().fetch(place.url(), place.collection(), 0, 1).stream().findFirst();
    } catch (ShardException e) {
      move.control().check();
      return Optional.empty();
    }
  }

  private static String key(Place place) {
    return place.url() + " " + place.collection();
  }

  private String untilClosed(Move move, Place place, ShardCollection collection, Row near) {
    try {
      return search(move, place, collection, near, NO_LIMIT);
    } catch (InterruptedException e) {
      return "closed";
    }
  }

  private String search(
      Move move, Place place, ShardCollection collection, Row near, Duration limit)
      throws InterruptedException {
    try {
      var unused = move.shards().search(place.url(), place.collection(), near, NEIGHBOURS, limit);
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
  void closeAll() {
    List<Tasks.Task<String>> closing = List.copyOf(open.values());
    open.clear();
    closing.forEach(Tasks.Task::cancel);
    closing.forEach(Joined::quietly);
  }

  private static void close(Tasks.Task<String> search) {
    search.cancel();
    Joined.quietly(search);
  }
}
