package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.Sides;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Waits until searches on the donors, and on each of their replicas, have forgotten what was
 * dropped there. The new owner has the vectors of what was dropped. No safety lies in it.
 */
public final class Cooling {
  private static final int SAMPLE = 50;
  private static final int PAGE = 1_000;

  private final Move move;
  private final IndexMinder indexes;
  private final Listings listings;
  private final Probes probes;
  private final Set<String> cool = new HashSet<>();

  /** Where clients wrote points of the slice after the copy, so that the log tells of none. */
  private final Set<String> unlogged = new HashSet<>();

  /**
   * Why it is not over.
   *
   * @param word what is waited for
   * @param urls of which shard
   */
  private record Warm(String word, String detail, List<String> urls) {}

  /** For one step; the open searches outlive it. */
  public Cooling(Move move, IndexMinder indexes) {
    this.move = move;
    this.indexes = indexes;
    this.listings = new Listings(move.shards());
    this.probes = new Probes(move, listings);
  }

  /**
   * Returns when all have forgotten that are waited for, or when it has taken too long; that is
   * said to the operators, for they may see points that are gone.
   */
  public void await() throws InterruptedException {
    long end = move.time().nanos() + move.settings().coolingLimit().toNanos();
    while (true) {
      move.control().check();
      Sides sides = Sides.of(move);
      Shard owner = sides.targets().get(0);
      if (move.control().migration().skipped().contains(owner.id())) {
        // Nobody else has the vectors of what was dropped.
        return;
      }
      IndexMinder.Changes logged = Changed.onDonors(move);
      IndexMinder.Changes changes =
          (url, name) ->
              Math.max(logged.points(url, name), unlogged.contains(place(url, name)) ? 1 : 0);
      indexes.tend(move, Sides.urls(sides.donors()), changes);
      listings.forget();
      Optional<Warm> warm = warmOrUnknown(sides, owner, changes);
      if (warm.isEmpty()) {
        move.control().goingOn();
        return;
      }
      if (move.time().nanos() - end >= 0) {
        move.control().endsAlthough("cooling timed out: " + warm.get().detail());
        return;
      }
      if (warm.get().word().equals("shard")) {
        move.control().hold("shard", warm.get().detail(), warm.get().urls());
      } else {
        move.control().waiting(warm.get().word(), warm.get().detail(), warm.get().urls());
        move.time().sleep(IndexMinder.INTERVAL);
      }
    }
  }

  /** An owner that does not answer cannot say, and must not keep the move from its end. */
  private Optional<Warm> warmOrUnknown(Sides sides, Shard owner, IndexMinder.Changes changes)
      throws InterruptedException {
    try (MemoryBudget.Share share = move.memory().take(MemoryBudget.STEP, move.time())) {
      return warm(sides, owner, changes);
    } catch (ShardException e) {
      return Optional.of(new Warm(word(e), String.valueOf(e.getMessage()), List.of(e.url())));
    }
  }

  /** A shard that is dead may be skipped; one that is slow may be building. */
  private static String word(ShardException e) {
    return e.kind() == ShardException.Kind.NEVER_SENT ? "shard" : "index";
  }

  /**
   * Looks at every donor, for builds go on side by side; the first one that is not cool. A shard
   * that is away is what an operator can do something about: it comes before the others.
   */
  private Optional<Warm> warm(Sides sides, Shard owner, IndexMinder.Changes changes)
      throws ShardException, InterruptedException {
    List<Warm> warm = new ArrayList<>();
    Set<String> away = new HashSet<>();
    for (ShardCollection collection : listings.of(owner.primaryUrl()).values()) {
      // One of several vectors was made by clients since the flip: nothing of it was moved.
      if (collection.multivector() || isCool(sides, collection.name())) {
        continue;
      }
      Moved moved = new Moved(owner.primaryUrl(), collection.name());
      for (Shard donor : sides.donors()) {
        for (String url : donor.urls()) {
          if (!away.contains(url) && !cool.contains(place(url, collection.name()))) {
            try {
              warm(moved, url, id -> sides.moves(id, donor, owner), changes).ifPresent(warm::add);
            } catch (ShardException e) {
              if (e.url().equals(owner.primaryUrl())) {
                throw e;
              }
              warm.add(new Warm(word(e), String.valueOf(e.getMessage()), List.of(e.url())));
              away.add(url);
            }
          }
        }
      }
    }
    return warm.stream()
        .filter(one -> one.word().equals("shard"))
        .findFirst()
        .or(() -> warm.stream().findFirst());
  }

  /** What the owner has of one collection, read once if it is wanted. */
  private final class Moved {
    private final String ownerUrl;
    private final String collection;
    private Optional<List<Row>> rows = Optional.empty();

    Moved(String ownerUrl, String collection) {
      this.ownerUrl = ownerUrl;
      this.collection = collection;
    }

    List<Row> some(Predicate<String> slice) throws ShardException, InterruptedException {
      if (rows.isEmpty()) {
        rows = Optional.of(probes.rows(ownerUrl, collection, 0, PAGE));
      }
      return rows.get().stream().filter(row -> slice.test(row.id())).limit(SAMPLE).toList();
    }
  }

  private Optional<Warm> warm(
      Moved moved, String url, Predicate<String> slice, IndexMinder.Changes changes)
      throws ShardException, InterruptedException {
    String name = moved.collection;
    boolean building = isBuilding(url, name);
    if (building && changes.points(url, name) > 0) {
      return Optional.of(new Warm("index", url + " builds the index of " + name, List.of(url)));
    }
    List<Row> dropped = moved.some(slice);
    if (building && !dropped.isEmpty()) {
      unlogged.add(place(url, name));
      return Optional.of(
          new Warm("index", url + " is to build the index of " + name, List.of(url)));
    }
    if (shows(url, name, dropped, slice)) {
      return Optional.of(
          new Warm(
              "index",
              "searches on " + url + " still show dropped points of " + name,
              List.of(url)));
    }
    cool.add(place(url, name));
    return Optional.empty();
  }

  private boolean isCool(Sides sides, String collection) {
    return Sides.urls(sides.donors()).stream()
        .allMatch(url -> cool.contains(place(url, collection)));
  }

  private static String place(String url, String collection) {
    return url + " " + collection;
  }

  /** A search would wait for that build, and throw it away by its end. */
  private boolean isBuilding(String url, String name) throws ShardException, InterruptedException {
    ShardCollection here = listings.of(url).get(name);
    return here != null
        && here.count() > 0
        && !here.indexReady().orElse(true)
        && !indexes.isRefused(url, here);
  }

  private boolean shows(String url, String collection, List<Row> dropped, Predicate<String> slice)
      throws ShardException, InterruptedException {
    try {
      for (Row row : dropped) {
        move.control().check();
        if (probes.near(url, collection, row).stream().anyMatch(slice)) {
          return true;
        }
      }
      return false;
    } catch (ShardException e) {
      switch (e.kind()) {
        case REFUSED, NO_COLLECTION -> {
          return false;
        }
        case NEVER_SENT -> throw e;
        default -> {
          return true;
        }
      }
    }
  }
}
