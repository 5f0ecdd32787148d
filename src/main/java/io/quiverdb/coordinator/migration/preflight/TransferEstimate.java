// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Estimates size and duration of a migration from the shards' counts and one measured page. The
 * relative costs of calls are known (docs/quiver-contract.md); the page tells how fast this shard
 * is.
 */
final class TransferEstimate {
  /** As the list of checks says that there is none, because that would take too much memory. */
  static final Check LEFT_OUT =
      new Check(
          "estimate",
          Optional.empty(),
          "not made: what would move is estimated for at most 20,000 collections of all shards"
              + " together, and for as many moves");

  private static final int MAX_COLLECTIONS = 20_000;
  private static final int PAGE_ROWS = 1_000;
  private static final int MAX_PAGE_ROWS = 10_000;

  /** The longest row that is measured, in bytes; a longer one counts as this long. */
  private static final int MAX_ROW_BYTES = 4 << 20;

  private static final double LISTED_ROW_NANOS = 500;
  private static final double RETURNED_ROW_NANOS = 6_000;
  private static final double GRAPH_POINT_NANOS = 500_000;
  private static final double OTHER_POINT_NANOS = 20_000;
  private static final double DELETED_POINT_NANOS = 330_000;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Routers poll every 2 s, shortly before or after a map was published. */
  private static final Duration ADOPTION_TIME = Duration.ofMillis(1_500);

  private final MigrationSettings settings;
  private final ShardApi shards;
  private final Time time;

  /**
   * What is expected; nothing, if a shard did not say what it holds.
   *
   * @param tooMuch nothing, because it would be too much
   */
  record Expected(List<PlannedTransfer> transfers, OptionalLong seconds, boolean tooMuch) {
    static final Expected UNKNOWN = new Expected(List.of(), OptionalLong.empty(), false);
    static final Expected TOO_MUCH = new Expected(List.of(), OptionalLong.empty(), true);
  }

  /**
   * One measured page.
   *
   * @param slowness time of the page relative to the machine where the costs were measured
   * @param rowBytes how many bytes a point has
   */
  record Measured(double slowness, double rowBytes) {}

  /** What an estimate starts from. */
  record Basis(Holdings holdings, Measured measured) {
    /** After a migration with these transfers. */
    Basis after(List<PlannedTransfer> transfers) {
      return new Basis(holdings.after(transfers), measured);
    }
  }

  private record Held(Shard donor, ShardCollection collection) {}

  TransferEstimate(MigrationSettings settings, ShardApi shards, Time time) {
    this.settings = settings;
    this.shards = shards;
    this.time = time;
  }

  /**
   * The expectation.
   *
   * @param during the joining or leaving map
   */
  Expected of(MigrationPlan plan, ShardMap during, long throttlePointsPerSecond)
      throws InterruptedException {
    try {
      return basis(donors(plan, during))
          .map(basis -> of(plan, during, throttlePointsPerSecond, basis))
          .orElse(Expected.TOO_MUCH);
    } catch (ShardException e) {
      // A check says that this shard does not answer.
      return Expected.UNKNOWN;
    }
  }

  private static List<Shard> donors(MigrationPlan plan, ShardMap during) {
    return plan.grows() ? others(plan, during) : List.of(moving(plan, during));
  }

  private static List<Shard> others(MigrationPlan plan, ShardMap during) {
    return during.shards().stream().filter(shard -> shard.id() != plan.shardId()).toList();
  }

  private static Shard moving(MigrationPlan plan, ShardMap during) {
    return during.shard(plan.shardId()).orElseThrow();
  }

  /** What these shards hold, and how fast they are; empty if that would be too much. */
  Optional<Basis> basis(List<Shard> donors) throws ShardException, InterruptedException {
    Optional<Holdings> holdings = Holdings.of(shards, donors, MAX_COLLECTIONS);
    return holdings.isEmpty()
        ? Optional.empty()
        : Optional.of(new Basis(holdings.get(), measure(held(donors, holdings.get()))));
  }

  private static List<Held> held(List<Shard> donors, Holdings holdings) {
    List<Held> held = new ArrayList<>();
    for (Shard donor : donors) {
      holdings.on(donor).forEach(collection -> held.add(new Held(donor, collection)));
    }
    return held;
  }

  /** The expectation of a migration that begins from there. */
  Expected of(MigrationPlan plan, ShardMap during, long throttlePointsPerSecond, Basis basis) {
    boolean grow = plan.grows();
    List<Shard> others = others(plan, during);
    List<Held> held = held(donors(plan, during), basis.holdings());
    if ((long) held.size() * (grow ? 1 : others.size()) > MAX_COLLECTIONS) {
      return Expected.TOO_MUCH;
    }
    Measured measured = basis.measured();
    double share = grow ? 1.0 / (others.size() + 1) : 1.0 / others.size();
    List<PlannedTransfer> transfers = new ArrayList<>();
    for (Held one : held) {
      long points = Math.round(one.collection().count() * share);
      for (Shard target : grow ? List.of(moving(plan, during)) : others) {
        transfers.add(
            new PlannedTransfer(
                one.collection().name(),
                one.donor().id(),
                target.id(),
                points,
                Math.round(points * measured.rowBytes()),
                true));
      }
    }
    double nanos = work(held, transfers, measured, throttlePointsPerSecond) + waits(plan).toNanos();
    return new Expected(
        transfers, OptionalLong.of((long) Math.ceil(nanos / NANOS_PER_SECOND)), false);
  }

  private Measured measure(List<Held> held) throws ShardException, InterruptedException {
    Optional<Held> largest =
        held.stream().max((a, b) -> Long.compare(a.collection().count(), b.collection().count()));
    if (largest.isEmpty() || largest.get().collection().count() == 0) {
      return new Measured(1, 0);
    }
    ShardCollection collection = largest.get().collection();
    long begun = time.nanos();
    ShardPage page = page(largest.get().donor().primaryUrl(), collection.name());
    long took = time.nanos() - begun;
    double expected = pageNanos(collection.count(), page.count());
    double bytes = (double) page.bytes() / Math.max(1, page.count());
    return new Measured(Math.min(10, Math.max(1, took / Math.max(1, expected))), bytes);
  }

  /** Only its size is needed, so no row is kept. Long rows are read in a smaller page. */
  private ShardPage page(String url, String collection)
      throws ShardException, InterruptedException {
    int asked = PAGE_ROWS;
    while (true) {
      try {
        return shards.fetch(url, collection, 0, asked, MAX_ROW_BYTES, id -> false);
      } catch (ShardException e) {
        if (e.kind() != ShardException.Kind.REFUSED) {
          throw e;
        }
        if (asked == 1) {
          return new ShardPage(1, "", "", MAX_ROW_BYTES, List.of());
        }
        asked = Math.max(1, asked / 8);
      }
    }
  }

  private static double pageNanos(long count, long rows) {
    return count * LISTED_ROW_NANOS + rows * RETURNED_ROW_NANOS;
  }

  /** Reading and writing overlap; the slower one counts. Verification reads both sides again. */
  private double work(
      List<Held> held, List<PlannedTransfer> transfers, Measured measured, long throttle) {
    Map<Long, Double> scans = new HashMap<>();
    Map<String, String> kinds = new HashMap<>();
    long donors = held.stream().map(one -> one.donor().id()).distinct().count();
    double moving = transfers.stream().mapToLong(PlannedTransfer::points).sum();
    double listed = held.stream().mapToLong(one -> one.collection().count()).sum();
    // Pages are bounded by what is kept of them.
    double pageBytes =
        MemoryBudget.pageBytes((int) Math.max(1, donors))
            * Math.max(1, listed / Math.max(1, moving));
    for (Held one : held) {
      kinds.put(one.collection().name(), one.collection().index());
      scans.merge(
          one.donor().id(), scanNanos(one.collection().count(), measured, pageBytes), Double::sum);
    }
    Map<Long, Double> writes = new HashMap<>();
    Map<Long, Double> deletes = new HashMap<>();
    long points = 0;
    for (PlannedTransfer transfer : transfers) {
      points += transfer.points();
      double each =
          switch (kinds.getOrDefault(transfer.collection(), "")) {
            case "hnsw", "vamana", "disk_vamana" -> GRAPH_POINT_NANOS;
            default -> OTHER_POINT_NANOS;
          };
      writes.merge(transfer.to(), transfer.points() * each, Double::sum);
      deletes.merge(transfer.from(), transfer.points() * DELETED_POINT_NANOS, Double::sum);
    }
    double scan = longest(scans);
    double copy = Math.max(scan, longest(writes));
    double throttled = throttle > 0 ? points * NANOS_PER_SECOND / throttle : 0;
    double drop = longest(deletes);
    return Math.max(copy, throttled) + scan + drop + scan;
  }

  private static double longest(Map<Long, Double> byShard) {
    return byShard.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private static double scanNanos(long count, Measured measured, double pageBytes) {
    double page =
        Math.max(1, Math.min(MAX_PAGE_ROWS, pageBytes / Math.max(1, measured.rowBytes())));
    double pages = Math.ceil(count / page);
    return pages * pageNanos(count, (long) Math.min((double) count, page)) * measured.slowness();
  }

  /** Two barriers, and a pause before each round of the verification. */
  private Duration waits(MigrationPlan plan) {
    Duration barrier =
        settings.requestDrain().plus(Durations.max(settings.mapStaleness(), ADOPTION_TIME));
    if (plan.adoptionAssumed()) {
      barrier = barrier.plus(settings.routerGrace());
    }
    return barrier.multipliedBy(2).plus(settings.requestDrain());
  }
}
