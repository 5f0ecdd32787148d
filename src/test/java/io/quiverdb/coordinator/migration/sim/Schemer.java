// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverError;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A client that creates a collection, fills it, drops it and creates it again with another
 * dimension, through any router. What it writes into it may fail; what was acknowledged must be
 * there until it drops the collection.
 */
final class Schemer {
  private static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f", "g", "h");
  private static final long SECOND = 1_000_000_000;

  private final World world;
  private final Sim sim;
  private final Chance chance;
  private final String name;
  private final TreeMap<String, Point> written = new TreeMap<>();
  private final TreeMap<String, Long> doubtful = new TreeMap<>();

  /** The map version of the router through which a key was written last. */
  private final TreeMap<String, Long> writtenAt = new TreeMap<>();

  /** That of the router of the last request. */
  private long through;

  private boolean stopping;
  private boolean stopped;
  private int dim;
  private int values;

  Schemer(World world, String name) {
    this.world = world;
    this.sim = world.sim;
    this.chance = world.chance;
    this.name = name;
  }

  void stop() throws InterruptedException {
    stopping = true;
    while (!stopped) {
      sim.sleep(SECOND / 5);
    }
  }

  /** Its dimension; 0: it is not there. */
  int dim() {
    return dim;
  }

  String name() {
    return name;
  }

  void run() throws InterruptedException {
    sim.sleep(chance.between(0, 20 * SECOND));
    while (!stopping) {
      if (dim == 0) {
        create();
      } else if (chance.oneIn(12)) {
        drop();
      } else {
        use();
      }
      sim.sleep(chance.between(SECOND / 20, 2 * SECOND));
    }
    stopped = true;
  }

  /** What failed half-way is dropped, until that is acknowledged. */
  private void create() throws InterruptedException {
    int wanted = 2 + chance.below(3);
    if (attempt(
        "creates " + name + " with dimension " + wanted,
        router -> router.core().create(schema(wanted)))) {
      dim = wanted;
    } else {
      sim.sleep(2 * world.setup.requestDrain.toNanos());
      drop();
    }
  }

  private CollectionSchema schema(int wanted) {
    return CollectionSchema.of(name, wanted, Metric.L2, IndexKind.HNSW);
  }

  private void drop() throws InterruptedException {
    written.clear();
    doubtful.clear();
    dim = 0;
    while (!attempt("drops " + name, router -> router.core().drop(name))) {
      sim.sleep(2 * world.setup.requestDrain.toNanos());
    }
  }

  private interface Request {
    void through(SimRouter router);
  }

  private boolean attempt(String what, Request request) throws InterruptedException {
    SimRouter router = chance.of(world.routers);
    if (router.down() || router.version() == 0) {
      return false;
    }
    Actor me = sim.current();
    me.patience = world.setup.clientPatience();
    me.operations = List.of();
    through = router.version();
    sim.trace(me.toString(), what, router.url, "v" + through);
    try {
      request.through(router);
      sim.trace(me.toString(), "acknowledged", what);
      return true;
    } catch (QuiverError | SimRouter.Gone e) {
      sim.trace(me.toString(), "failed:", what, e);
      return false;
    }
  }

  private void use() throws InterruptedException {
    String key = chance.of(KEYS);
    if (chance.oneIn(2)) {
      float[] vector = new float[dim];
      vector[0] = ++values;
      Point point = new Point(key, FloatVector.of(vector), "{\"x\":" + values + "}");
      // Once in doubt, its value may change for as long as a request lives.
      doubtful.put(key, Long.MAX_VALUE);
      boolean done =
          attempt("puts " + point, router -> router.core().upsert(name, List.of(point), false));
      if (done) {
        written.put(key, point);
        writtenAt.put(key, through);
        doubtful.remove(key);
      } else {
        written.remove(key);
        sim.sleep(2 * world.setup.requestDrain.toNanos());
      }
    } else if (written.containsKey(key) && !doubtful.containsKey(key)) {
      Point expected = written.get(key);
      Point[] seen = new Point[1];
      boolean answered =
          attempt("reads " + key, router -> seen[0] = router.core().point(name, key).orElse(null));
      // A router that has yet to adopt the flip reads where others write no more: known, and
      // listed.
      boolean mayBeOld = through < writtenAt.getOrDefault(key, 0L);
      if (answered && !mayBeOld && !expected.equals(seen[0])) {
        throw new AssertionError(
            "a read of " + name + "/" + key + " returned " + seen[0] + " instead of " + expected);
      }
    }
  }

  /** Throws if the shards of a map do not hold, alone, what was acknowledged. */
  void check(ShardMap map) {
    for (var shard : map.shards()) {
      SimShard real = world.shards.at(shard.primaryUrl()).orElseThrow();
      Optional<Integer> there =
          real.core.collections().stream()
              .filter(info -> info.schema().name().equals(name))
              .map(info -> info.schema().dim())
              .findFirst();
      if (there.orElse(0) != dim) {
        throw new AssertionError(
            shard.primaryUrl() + " has " + name + " with " + there + " dimensions, not " + dim);
      }
    }
    for (Point point : written.values()) {
      long owner = RendezvousHash.owner(map, point.id()).orElseThrow();
      for (var shard : map.shards()) {
        SimShard real = world.shards.at(shard.primaryUrl()).orElseThrow();
        Optional<Point> copy = real.core.point(name, point.id());
        boolean stray = copy.isPresent() && !world.leftDirty(shard.primaryUrl());
        if (shard.id() == owner ? !copy.equals(Optional.of(point)) : stray) {
          throw new AssertionError(
              shard.primaryUrl() + " has " + copy + " where " + owner + " has " + point);
        }
      }
    }
  }
}
