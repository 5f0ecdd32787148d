package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Waits until searches on the donors, and on each of their replicas, have forgotten what was
 * dropped there. The new owner has the vectors of what was dropped. No safety lies in it.
 */
final class Cooling {
  private static final int SAMPLE = 50;
  private static final int PAGE = 1_000;

  private final Move move;
  private final IndexMinder indexes;
  private final Probes probes;
  private final Set<String> cool = new HashSet<>();

  /**
   * Why it is not over.
   *
   * @param word what is waited for
   */
  private record Warm(String word, String detail) {}

  Cooling(Move move, IndexMinder indexes) {
    this.move = move;
    this.indexes = indexes;
    this.probes = new Probes(move);
  }

  /**
   * Returns when all have forgotten that are waited for, or when it has taken too long; that is
   * said to the operators, for they may see points that are gone.
   */
  void await() throws InterruptedException {
    long end = move.time().nanos() + move.settings().coolingLimit().toNanos();
    while (true) {
      move.control().check();
      Sides sides = Sides.of(move);
      Shard owner = sides.targets().get(0);
      if (move.control().migration().skipped().contains(owner.id())) {
        // Nobody else has the vectors of what was dropped.
        return;
      }
      indexes.tend(move, Sides.urls(sides.donors()), collection -> true);
      Optional<Warm> warm = warmOrUnknown(sides, owner);
      if (warm.isEmpty()) {
        move.control().goingOn();
        return;
      }
      if (move.time().nanos() - end >= 0) {
        move.control().endsAlthough("cooling timed out: " + warm.get().detail());
        return;
      }
      if (warm.get().word().equals("shard")) {
        move.control().hold("shard", warm.get().detail());
      } else {
        move.control().waiting(warm.get().word(), warm.get().detail());
        move.time().sleep(IndexMinder.INTERVAL);
      }
    }
  }

  /** An owner that does not answer cannot say, and must not keep the move from its end. */
  private Optional<Warm> warmOrUnknown(Sides sides, Shard owner) throws InterruptedException {
    try {
      return warm(sides, owner);
    } catch (ShardException e) {
      return Optional.of(new Warm(word(e), String.valueOf(e.getMessage())));
    }
  }

  /** A shard that is dead may be skipped; one that is slow may be building. */
  private static String word(ShardException e) {
    return e.kind() == ShardException.Kind.NEVER_SENT ? "shard" : "index";
  }

  /** The first donor that still shows what it dropped. */
  private Optional<Warm> warm(Sides sides, Shard owner)
      throws ShardException, InterruptedException {
    for (ShardCollection collection : move.shards().collections(owner.primaryUrl())) {
      if (collection.multivector()) {
        // Clients made it since the flip: nothing of it was moved.
        continue;
      }
      Optional<List<Row>> page = Optional.empty();
      for (Shard donor : sides.donors()) {
        for (String url : donor.urls()) {
          String place = url + " " + collection.name();
          if (cool.contains(place)) {
            continue;
          }
          if (page.isEmpty()) {
            page = Optional.of(probes.rows(owner.primaryUrl(), collection.name(), 0, PAGE));
          }
          List<Row> dropped = dropped(page.get(), id -> sides.moves(id, donor, owner));
          if (shows(url, collection.name(), dropped, id -> sides.moves(id, donor, owner))) {
            return Optional.of(
                new Warm(
                    "index",
                    "searches on " + url + " still show dropped points of " + collection.name()));
          }
          cool.add(place);
        }
      }
    }
    return Optional.empty();
  }

  private static List<Row> dropped(List<Row> moved, Predicate<String> slice) {
    return moved.stream().filter(row -> slice.test(row.id())).limit(SAMPLE).toList();
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
