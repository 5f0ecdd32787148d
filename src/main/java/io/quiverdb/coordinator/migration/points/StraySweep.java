// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes the points on a shard that the map gives to another one. Only for the time in which no
 * router can send a write to a shard that does not own the point.
 *
 * <p>Each point is read again on both shards right before it goes. If the owner lacks it, or has
 * another content, or was read more than a second ago, it is kept first. A point whose owner cannot
 * be read stays. Not thread-safe.
 */
public final class StraySweep {
  /** How many scans of this size would fit into the memory of one step. */
  private static final int SIDE_BY_SIDE = 3;

  /** The most bytes of points that are compared before they are deleted together. */
  private static final long MAX_BATCH_BYTES = 2 << 20;

  /** Until then points are gathered for one delete. */
  private static final long BATCH_NANOS = Duration.ofMillis(500).toNanos();

  private static final int MAX_VANISHED = 3;

  private final CallContext context;
  private final ShardMap map;
  private final long spillLimit;
  private final Results results;
  private final DataCalls calls;
  private final ReadPace pace;

  /** The owners that kept a point that was deleted elsewhere, by the shard where it was. */
  private final Set<Pair> distinct = new HashSet<>();

  private int vanished;
  private long onlyCopies;

  private record Pair(long shardId, long ownerId) {}

  /** Takes what a sweep finds. */
  public interface Results {
    /** Returns when the points are in the spill file. */
    void keep(List<Spilled> rows) throws InterruptedException;

    /** Points were deleted. */
    void removed(String collection, Shard shard, StrayCounts counts);
  }

  /**
   * For one sweep.
   *
   * @param map without a shard that joins or leaves
   * @param sweep its limits, and what earlier leaders have removed
   * @param target how long one request may hold a shard
   * @param late requests without an answer
   */
  public StraySweep(
      CallContext context,
      ShardMap map,
      Sweep sweep,
      Duration target,
      UnknownOutcomes late,
      Results results) {
    this.context = context;
    this.map = map;
    this.spillLimit = sweep.spillLimit();
    this.onlyCopies = sweep.removed().onlyCopy();
    this.results = results;
    this.calls = new DataCalls(context, new Pacer(target), new PageSizes(), late);
    this.pace = new ReadPace(context, sweep.pointsPerSecond());
  }

  /** All collections of a shard. */
  public List<ShardCollection> collections(Shard shard) throws StepException, InterruptedException {
    return calls.collections(shard);
  }

  /**
   * Deletes the strays in one collection on one shard.
   *
   * @throws CollectionChanged if a shard does not have the collection any more
   * @throws StepFailed if it must not go on
   */
  public void sweep(Shard shard, ShardCollection collection)
      throws StepException, InterruptedException {
    while (true) {
      try {
        new Pass(shard, collection).run();
        return;
      } catch (RowsTooLong e) {
        // Known now: the pages of the next pass are smaller.
        context.control().check();
      }
    }
  }

  /** One pass over a collection of a shard. */
  private final class Pass {
    private final Shard shard;
    private final ShardCollection collection;
    private final String name;
    private final Set<Long> without = new HashSet<>();

    Pass(Shard shard, ShardCollection collection) {
      this.shard = shard;
      this.collection = collection;
      this.name = collection.name();
    }

    void run() throws StepException, InterruptedException {
      try (Scan scan =
          Scan.stepwise(calls, shard, name, SIDE_BY_SIDE, this::isStray).of(collection.count())) {
        Optional<List<String>> strays = next(scan);
        while (strays.isPresent()) {
          removeAll(strays.get());
          scan.gone(strays.get().size());
          strays = next(scan);
        }
      }
    }

    private boolean isStray(String id) {
      return owner(id).id() != shard.id();
    }

    private Shard owner(String id) {
      return map.shard(RendezvousHash.owner(map, id).orElseThrow()).orElseThrow();
    }

    /** The ids alone: the rows are read again, and would need twice the memory. */
    private Optional<List<String>> next(Scan scan) throws StepException, InterruptedException {
      context.control().check();
      long begun = context.time().nanos();
      Scan.Page page = scan.next();
      if (page == null) {
        return Optional.empty();
      }
      pace.restAfter(context.time().nanos() - begun);
      return Optional.of(page.rows().stream().map(Row::id).toList());
    }

    private void removeAll(List<String> ids) throws StepException, InterruptedException {
      List<Comparison> batch = new ArrayList<>();
      long bytes = 0;
      long begun = 0;
      for (String id : ids) {
        context.control().check();
        begun = batch.isEmpty() ? context.time().nanos() : begun;
        Optional<Row> here = calls.row(shard, name, id);
        if (here.isPresent()) {
          Shard owner = owner(id);
          batch.add(new Comparison(here.get(), owner, onOwner(owner, id).orElse(null)));
          bytes += here.get().memory();
        }
        if (batch.size() >= calls.deleteRows(shard, name)
            || bytes >= MAX_BATCH_BYTES
            || context.time().nanos() - begun >= BATCH_NANOS) {
          remove(batch, begun);
          batch.clear();
          bytes = 0;
        }
      }
      remove(batch, begun);
    }

    /** An owner without the collection lacks the point. */
    private Optional<Row> onOwner(Shard owner, String id)
        throws StepException, InterruptedException {
      if (without.contains(owner.id())) {
        return Optional.empty();
      }
      try {
        return calls.row(owner, name, id);
      } catch (CollectionChanged e) {
        if (calls.collections(owner).stream().anyMatch(one -> one.name().equals(name))) {
          throw e;
        }
        without.add(owner.id());
        return Optional.empty();
      }
    }

    /**
     * Deletes the points.
     *
     * @param begun when the first of them was read
     */
    private void remove(List<Comparison> batch, long begun)
        throws StepException, InterruptedException {
      if (batch.isEmpty()) {
        return;
      }
      int absent = Comparison.absentOf(batch);
      if (onlyCopies + absent > spillLimit) {
        throw new StepFailed(
            "more than "
                + spillLimit
                + " points (spill_limit) are absent on their owner, the last ones in "
                + name
                + " on "
                + shard.primaryUrl()
                + ": if an owner lost its data, restore that; if they are to go, verify again and"
                + " sweep with a higher spill_limit");
      }
      results.keep(batch.stream().filter(one -> !one.isSame()).map(this::spilled).toList());
      proveDistinct(batch);
      if (context.time().nanos() - begun > Comparison.MAX_AGE_NANOS) {
        results.keep(batch.stream().filter(Comparison::isSame).map(this::spilled).toList());
      }
      calls.delete(shard, name, batch.stream().map(one -> one.row().id()).toList());
      onlyCopies += absent;
      long same = batch.stream().filter(Comparison::isSame).count();
      results.removed(name, shard, new StrayCounts(same, batch.size() - same - absent, absent));
      pace.throttled(batch.size());
    }

    private Spilled spilled(Comparison one) {
      return one.spilled(name, shard);
    }

    /**
     * Proves by the first deletes that a shard and an owner are not one store under two names: a
     * point that is deleted here must still be on its owner.
     */
    private void proveDistinct(List<Comparison> batch) throws StepException, InterruptedException {
      for (Comparison one : batch) {
        Pair pair = new Pair(shard.id(), one.owner().id());
        if (one.isAbsent() || distinct.contains(pair)) {
          continue;
        }
        if (one.isSame()) {
          results.keep(List.of(spilled(one)));
        }
        calls.delete(shard, name, List.of(one.row().id()));
        if (onOwner(one.owner(), one.row().id()).isPresent()) {
          distinct.add(pair);
          vanished = 0;
        } else if (++vanished == MAX_VANISHED) {
          // A client may have deleted one point just now, but not several in a row.
          throw new StepFailed(
              "points deleted on "
                  + shard.primaryUrl()
                  + " vanish from "
                  + one.owner().primaryUrl()
                  + " as well: both may be one store; the points are in the spill file",
              List.of(shard.primaryUrl(), one.owner().primaryUrl()));
        }
      }
    }
  }
}
