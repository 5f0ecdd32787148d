// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the points on a shard that the map gives to another one: strays. A stray is one only if it
 * is still there {@code request_drain} after it was seen first; then it is compared with what its
 * owner has. Only reads, one page at a time, and pauses longer than it reads. Not thread-safe.
 */
public final class StrayScan {
  /** How many scans of this size would fit into the memory of one step. */
  private static final int SIDE_BY_SIDE = 3;

  /** Strays between the first look and the second one. */
  private static final int MAX_WAITING = 10_000;

  /** Memory of their ids, in bytes. */
  private static final long MAX_WAITING_BYTES = 4 << 20;

  private static final int ID_OVERHEAD_BYTES = 60;

  private final CallContext context;
  private final ShardMap map;
  private final Duration requestDrain;
  private final DataCalls calls;
  private final ReadPace pace;

  /**
   * For one check.
   *
   * @param map without a shard that joins or leaves
   * @param requestDrain between the first look and the second one
   * @param target how long one request may hold a shard
   * @param pointsPerSecond how fast it may read; 0: unlimited
   */
  public StrayScan(
      CallContext context,
      ShardMap map,
      Duration requestDrain,
      Duration target,
      long pointsPerSecond) {
    this.context = context;
    this.map = map;
    this.requestDrain = requestDrain;
    this.calls = new DataCalls(context, new Pacer(target), new PageSizes(), new UnknownOutcomes());
    this.pace = new ReadPace(context, pointsPerSecond);
  }

  /** All collections of a shard. */
  public List<ShardCollection> collections(Shard shard) throws StepException, InterruptedException {
    long begun = context.time().nanos();
    List<ShardCollection> listed = calls.collections(shard);
    pace.restAfter(context.time().nanos() - begun);
    return listed;
  }

  /**
   * Scans one collection on one shard: the first look.
   *
   * @param sideBySide how many passes wait for their second look at the same time, this one
   *     included
   * @throws CollectionChanged if the shard does not have it any more
   */
  public Pass first(Shard shard, ShardCollection collection, int sideBySide)
      throws StepException, InterruptedException {
    while (true) {
      try {
        Pass pass = new Pass(shard, collection, sideBySide);
        pass.list();
        return pass;
      } catch (RowsTooLong e) {
        // Known now: the pages of the next pass are smaller.
        context.control().check();
      }
    }
  }

  /** One collection on one shard between the first look and the second one. */
  public final class Pass {
    private final Shard shard;
    private final ShardCollection collection;
    private final List<String> waiting = new ArrayList<>();
    private final List<String> samples = new ArrayList<>();
    private final Set<Long> without = new HashSet<>();
    private final int maxWaiting;
    private long waitingBytes;
    private long seenNanos;
    private @Nullable String counted;
    private long points;
    private long foreign;
    private long gone;
    private StrayCounts strays = StrayCounts.NONE;

    private Pass(Shard shard, ShardCollection collection, int sideBySide) {
      this.shard = shard;
      this.collection = collection;
      this.maxWaiting = Math.max(1, MAX_WAITING / sideBySide);
    }

    private void list() throws StepException, InterruptedException {
      try (Scan scan =
          Scan.stepwise(calls, shard, collection.name(), SIDE_BY_SIDE, this::isForeign)
              .of(collection.count())) {
        for (Scan.Page page = next(scan); page != null; page = next(scan)) {
          for (Row row : page.rows()) {
            seen(row.id());
          }
        }
      }
    }

    /**
     * What was found: the second look.
     *
     * @throws CollectionChanged if a shard does not have the collection any more
     */
    public CheckedShard second() throws StepException, InterruptedException {
      lookAgain();
      return new CheckedShard(
          collection.name(), shard.id(), points - gone, points - foreign, strays, samples);
    }

    private Scan.@Nullable Page next(Scan scan) throws StepException, InterruptedException {
      context.control().check();
      long before = points;
      long begun = context.time().nanos();
      Scan.Page page = scan.next();
      pace.restAfter(context.time().nanos() - begun);
      pace.throttled(points - before);
      return page;
    }

    /** A page may be read again: each id counts once. */
    private boolean isForeign(String id) {
      if (counted == null || Utf8Order.INSTANCE.compare(id, counted) > 0) {
        counted = id;
        points++;
      }
      return owner(id) != shard.id();
    }

    private long owner(String id) {
      return RendezvousHash.owner(map, id).orElseThrow();
    }

    private void seen(String id) throws StepException, InterruptedException {
      if (waiting.size() >= maxWaiting
          || waitingBytes * MAX_WAITING > MAX_WAITING_BYTES * maxWaiting) {
        lookAgain();
      }
      foreign++;
      waiting.add(id);
      waitingBytes += ID_OVERHEAD_BYTES + 2L * id.length();
      seenNanos = context.time().nanos();
    }

    private void lookAgain() throws StepException, InterruptedException {
      if (waiting.isEmpty()) {
        return;
      }
      pace.rest(requestDrain.toNanos() - (context.time().nanos() - seenNanos));
      for (String id : waiting) {
        context.control().check();
        long begun = context.time().nanos();
        compare(id);
        pace.restAfter(context.time().nanos() - begun);
        pace.throttled(1);
      }
      waiting.clear();
      waitingBytes = 0;
    }

    private void compare(String id) throws StepException, InterruptedException {
      Optional<Row> here = calls.row(shard, collection.name(), id);
      if (here.isEmpty()) {
        gone++;
        return;
      }
      Optional<Row> there = onOwner(map.shard(owner(id)).orElseThrow(), id);
      boolean same = there.isPresent() && there.get().sameContent(here.get());
      strays =
          strays.plus(
              new StrayCounts(
                  same ? 1 : 0, there.isPresent() && !same ? 1 : 0, there.isPresent() ? 0 : 1));
      if (samples.size() < CheckedShard.MAX_SAMPLES) {
        samples.add(id);
      }
    }

    /** An owner without the collection lacks the point. */
    private Optional<Row> onOwner(Shard owner, String id)
        throws StepException, InterruptedException {
      if (without.contains(owner.id())) {
        return Optional.empty();
      }
      try {
        return calls.row(owner, collection.name(), id);
      } catch (CollectionChanged e) {
        boolean has =
            calls.collections(owner).stream().anyMatch(c -> c.name().equals(collection.name()));
        if (has) {
          throw e;
        }
        without.add(owner.id());
        return Optional.empty();
      }
    }
  }
}
