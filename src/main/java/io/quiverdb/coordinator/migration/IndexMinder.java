package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Has indexes built: a shard builds one only when somebody searches. Per shard and collection there
 * is at most one open search without time-out while {@code index_ready} is false, closed the moment
 * it turns true: closed earlier, the build is thrown away; kept longer, it and every search behind
 * it hang while writes come in. The open searches outlive the steps that tend them. For one thread
 * at a time.
 */
final class IndexMinder {
  /** How often {@link #tend} is to be called while a build is owed. */
  static final Duration INTERVAL = Duration.ofMillis(500);

  private static final Duration NO_LIMIT = Duration.ofDays(1);
  private static final int NEIGHBOURS = 10;

  private record Place(String url, String collection) {}

  private final Tasks tasks;
  private final Map<String, Tasks.Task<String>> open = new TreeMap<>();
  private final Set<Place> refused = new HashSet<>();

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
    for (String url : urls) {
      try {
        for (ShardCollection collection : move.shards().collections(url)) {
          tend(move, url, collection, wanted.test(collection.name()));
        }
      } catch (ShardException e) {
        move.control().check();
      }
    }
  }

  private void tend(Move move, String url, ShardCollection collection, boolean wanted)
      throws ShardException, InterruptedException {
    Place place = new Place(url, collection.name());
    boolean owed = collection.indexReady().map(ready -> !ready).orElse(false);
    Tasks.Task<String> search = open.get(key(place));
    if (search != null && (!owed || search.isDone())) {
      open.remove(key(place));
      close(search);
      search = null;
    }
    if (search == null && owed && wanted && collection.count() > 0 && !isRefused(place)) {
      List<Row> first = move.shards().fetch(url, collection.name(), 0, 1);
      if (!first.isEmpty()) {
        open.put(key(place), tasks.start("index-build", () -> search(move, place, first.get(0))));
      }
    }
  }

  private static String key(Place place) {
    return place.url() + " " + place.collection();
  }

  private String search(Move move, Place place, Row near) {
    try {
      var unused =
          move.shards().search(place.url(), place.collection(), near, NEIGHBOURS, NO_LIMIT);
      return "answered";
    } catch (ShardException e) {
      if (e.kind() == ShardException.Kind.REFUSED) {
        refuse(place);
      }
      return "not answered: " + e.getMessage();
    } catch (InterruptedException e) {
      return "closed";
    }
  }

  private boolean isRefused(Place place) {
    synchronized (refused) {
      return refused.contains(place);
    }
  }

  private void refuse(Place place) {
    synchronized (refused) {
      refused.add(place);
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
