package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until searches on the donors, and on each of their replicas, have forgotten what was
 * dropped there. The new owner has the vectors of what was dropped. No safety lies in it.
 */
final class Cooling {
  private static final Logger LOG = LoggerFactory.getLogger(Cooling.class);
  private static final int SAMPLE = 50;
  private static final int PAGE = 1_000;

  private final Move move;
  private final IndexMinder indexes;
  private final Probes probes;
  private final Sides sides;
  private final Set<String> cool = new HashSet<>();

  Cooling(Move move, IndexMinder indexes) {
    this.move = move;
    this.indexes = indexes;
    this.probes = new Probes(move);
    this.sides = Sides.of(move);
  }

  /** Returns when all have forgotten, or when it has taken too long, which is an alarm. */
  void await() throws InterruptedException {
    Migration migration = move.control().migration();
    List<Shard> donors = sides.donors();
    List<String> urls = Sides.urls(donors);
    Shard owner = sides.targets().get(0);
    long end = move.time().nanos() + move.settings().coolingLimit().toNanos();
    while (true) {
      move.control().check();
      indexes.tend(move, urls, collection -> true);
      Optional<String> warm = warmOrUnknown(owner, donors);
      if (warm.isEmpty()) {
        move.control().goingOn();
        return;
      }
      if (move.time().nanos() - end >= 0) {
        LOG.warn("alarm cooling_timed_out: move {} ends although {}", migration.id(), warm.get());
        return;
      }
      move.control().waiting("index", warm.get());
      move.time().sleep(IndexMinder.INTERVAL);
    }
  }

  /** An owner that does not answer cannot say, and must not keep the move from its end. */
  private Optional<String> warmOrUnknown(Shard owner, List<Shard> donors)
      throws InterruptedException {
    try {
      return warm(owner, donors);
    } catch (ShardException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The first donor that still shows what it dropped. */
  private Optional<String> warm(Shard owner, List<Shard> donors)
      throws ShardException, InterruptedException {
    for (ShardCollection collection : move.shards().collections(owner.primaryUrl())) {
      Optional<List<Row>> page = Optional.empty();
      for (Shard donor : donors) {
        for (String url : donor.urls()) {
          String place = url + " " + collection.name();
          if (cool.contains(place)) {
            continue;
          }
          if (page.isEmpty()) {
            page = Optional.of(probes.rows(owner.primaryUrl(), collection.name(), 0, PAGE));
          }
          if (shows(url, donor, owner, collection.name(), page.get())) {
            return Optional.of(
                "searches on " + url + " still show dropped points of " + collection.name());
          }
          cool.add(place);
        }
      }
    }
    return Optional.empty();
  }

  private boolean shows(String url, Shard donor, Shard owner, String collection, List<Row> moved)
      throws InterruptedException {
    List<Row> dropped = new ArrayList<>();
    for (Row row : moved) {
      if (dropped.size() < SAMPLE && sides.moves(row.id(), donor, owner)) {
        dropped.add(row);
      }
    }
    try {
      for (Row row : dropped) {
        move.control().check();
        for (String id : probes.near(url, collection, row)) {
          if (sides.moves(id, donor, owner)) {
            return true;
          }
        }
      }
      return false;
    } catch (ShardException e) {
      return e.kind() != ShardException.Kind.REFUSED
          && e.kind() != ShardException.Kind.NO_COLLECTION;
    }
  }
}
