// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What must hold when everything has come to rest. */
final class Verdict {
  private final World world;
  private final ShardMap map;

  Verdict(World world) {
    this.world = world;
    this.map = world.cluster.newest().map();
  }

  void check() {
    if (!map.joining().isEmpty() || !map.leaving().isEmpty()) {
      throw new AssertionError("somebody is still joining or leaving: " + map);
    }
    for (String collection : world.collections) {
      checkPoints(collection);
    }
    world.schemers.forEach(schemer -> schemer.check(map));
    if (world.setup.sweeping && world.setup.wishes.isEmpty()) {
      world.strays.forEach(this::checkKept);
    }
    for (SimShard shard : world.shards.all()) {
      if (map.shards().stream().noneMatch(one -> one.primaryUrl().equals(shard.url))) {
        checkOutside(shard);
      }
    }
  }

  /** Each key is on its owner, alone, and is what some write that nobody superseded made it. */
  private void checkPoints(String collection) {
    for (String key : world.history.keys(collection)) {
      long owner = RendezvousHash.owner(map, key).orElseThrow();
      Optional<Point> found = Optional.empty();
      for (Shard shard : map.shards()) {
        SimShard real = world.shards.at(shard.primaryUrl()).orElseThrow();
        Optional<Point> copy = real.core.point(collection, key);
        if (shard.id() == owner) {
          found = copy;
        } else if (copy.isPresent() && !excused(shard.primaryUrl(), copy.get())) {
          throw new AssertionError(
              shard.primaryUrl() + " still has '" + key + "' of " + owner + ": " + copy.get());
        }
      }
      world.history.checkFinal(collection, key, found, world.sim.now());
    }
  }

  /** A sweep alone has removed it: what its owner never had is in the spill file. */
  private void checkKept(World.Stray stray) {
    boolean kept =
        world.spilled.stream()
            .anyMatch(
                spilled ->
                    spilled.collection().equals(stray.collection())
                        && spilled.donorUrl().equals(stray.url())
                        && spilled.row().id().equals(stray.point().id())
                        && spilled.row().payloadJson().equals(stray.point().payload()));
    // A later stray of the same key took its place.
    boolean replaced =
        world.strays.stream()
            .anyMatch(
                other ->
                    other != stray
                        && other.collection().equals(stray.collection())
                        && other.url().equals(stray.url())
                        && other.point().id().equals(stray.point().id()));
    if (!kept && !replaced && !stray.same()) {
      throw new AssertionError(stray + " is gone, and nobody has kept it");
    }
  }

  /** A stray copy of before the world, or one on a shard that a migration had to leave dirty. */
  private boolean excused(String url, Point copy) {
    return world.leftDirty(url)
        || hadAnotherDisk(url)
        || world.orphan.equals(Optional.of(new World.Orphan(url, copy)));
  }

  /** What was removed from an empty disk is on the old one, which came back. */
  private boolean hadAnotherDisk(String url) {
    return world.shards.at(url).orElseThrow().wasEmptySince(0);
  }

  /** A shard that left, or that did not come in, holds nothing. */
  private void checkOutside(SimShard shard) {
    if (world.leftDirty(shard.url) || hadAnotherDisk(shard.url)) {
      return;
    }
    List<Point> left = new ArrayList<>();
    world.collections.forEach(collection -> left.addAll(World.points(shard, collection)));
    if (!left.isEmpty()) {
      throw new AssertionError(shard.url + " is in no map and still holds " + left);
    }
    Set<String> names = new TreeSet<>();
    shard.core.collections().forEach(info -> names.add(info.schema().name()));
    boolean mayKeep =
        world.cluster.newest().migrations().finished().values().stream()
            .anyMatch(ended -> ended.plan().url().equals(shard.url) && keeps(ended));
    if (!names.isEmpty() && shard.url.startsWith("http://n") && !mayKeep) {
      throw new AssertionError(shard.url + " never came in and still has collections " + names);
    }
  }

  /** It may keep its collections, which are empty: a later migration takes them as they are. */
  private static boolean keeps(Migration ended) {
    return ended.phase() == Phase.DONE || ended.phase() == Phase.FAILED || ended.keepCopies();
  }
}
