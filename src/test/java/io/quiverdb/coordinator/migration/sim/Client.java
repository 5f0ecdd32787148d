// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverError;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome;
import io.quiverdb.coordinator.dev.quiver.SearchRequest;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A client that does one thing after the other, through any router. */
final class Client {
  private final Sim sim;
  private final Chance chance;
  private final List<SimRouter> routers;
  private final History history;
  private final Attention attention;
  private final List<String> collections;
  private final long patience;
  private final long mostPause;
  private final boolean mustSucceed;
  private final boolean onlySearches;
  private boolean stopped;

  /**
   * A client.
   *
   * @param patience the longest that one request may be under way while everything answers, ns
   * @param mostPause between two requests, ns
   * @param mustSucceed whether a request that fails is a fault of the world
   * @param onlySearches whether it writes and reads nothing
   */
  Client(
      Sim sim,
      List<SimRouter> routers,
      History history,
      Attention attention,
      List<String> collections,
      long patience,
      long mostPause,
      boolean mustSucceed,
      boolean onlySearches) {
    this.sim = sim;
    this.chance = sim.chance();
    this.routers = routers;
    this.history = history;
    this.attention = attention;
    this.collections = collections;
    this.patience = patience;
    this.mostPause = mostPause;
    this.mustSucceed = mustSucceed;
    this.onlySearches = onlySearches;
  }

  void stop() {
    stopped = true;
  }

  void run() throws InterruptedException {
    while (!stopped) {
      // Bursts: what comes close together meets.
      sim.sleep(chance.oneIn(3) ? chance.between(0, mostPause) : chance.between(0, mostPause / 20));
      SimRouter router = chance.of(routers);
      if (!router.down() && router.version() > 0 && !stopped) {
        something(router);
      }
    }
  }

  private void something(SimRouter router) {
    String collection = chance.of(collections);
    List<String> keys = history.keys(collection);
    Actor me = sim.current();
    me.patience = patience;
    me.operations = new ArrayList<>();
    int dice = onlySearches ? 99 : chance.below(100);
    try {
      if (dice < 40) {
        put(router, collection, keys);
      } else if (dice < 55) {
        delete(router, collection, keys);
      } else if (dice < 95) {
        read(router, collection, hot(keys));
      } else {
        search(router, collection);
      }
    } catch (SimRouter.Gone e) {
      failed("the router is gone");
    } catch (QuiverError e) {
      failed(e.detail());
    }
    me.operations = List.of();
  }

  private void failed(String why) {
    Actor me = sim.current();
    sim.trace(me.toString(), "failed:", why, me.operations);
    me.operations.forEach(operation -> operation.failed(sim.now()));
    if (mustSucceed) {
      throw new AssertionError("a request failed through a healthy cluster: " + why);
    }
  }

  /** Few keys get most of it, and those that are being moved. */
  private String hot(List<String> keys) {
    Optional<String> moving = attention.one(chance).filter(keys::contains);
    if (moving.isPresent() && chance.percent(35)) {
      return moving.get();
    }
    return chance.percent(60) ? keys.get(chance.below(Math.min(3, keys.size()))) : chance.of(keys);
  }

  private List<Operation> begin(
      SimRouter router, String collection, List<String> keys, boolean delete) {
    Actor me = sim.current();
    ShardMap map = router.core().adopted();
    List<String> chosen = new ArrayList<>(List.of(hot(keys)));
    String another = chance.of(keys);
    if (chance.oneIn(4) && !chosen.contains(another)) {
      chosen.add(another);
    }
    for (String key : chosen) {
      me.operations.add(history.begin(collection, key, delete, map, sim.now()));
    }
    sim.trace(me.toString(), "begins through", router.url, me.operations);
    return me.operations;
  }

  private void put(SimRouter router, String collection, List<String> keys) {
    List<Operation> begun = begin(router, collection, keys, false);
    List<Point> points = begun.stream().map(operation -> operation.point).toList();
    router.core().upsert(collection, points, chance.oneIn(12));
    acknowledged(begun);
  }

  private void delete(SimRouter router, String collection, List<String> keys) {
    List<Operation> begun = begin(router, collection, keys, true);
    router.core().delete(collection, begun.stream().map(operation -> operation.key).toList());
    acknowledged(begun);
  }

  private void acknowledged(List<Operation> operations) {
    operations.forEach(operation -> operation.acknowledged(sim.now()));
    sim.trace(sim.current().toString(), "acknowledged", operations);
  }

  private void read(SimRouter router, String collection, String key) {
    if (key.isEmpty()) {
      // No point read can name it.
      return;
    }
    ShardMap map = router.core().adopted();
    OptionalLong donor = RendezvousHash.donor(map, key);
    long holder = donor.orElse(RendezvousHash.owner(map, key).orElse(-1));
    long began = sim.now();
    Optional<Point> seen = router.core().point(collection, key);
    sim.trace(sim.current().toString(), "reads", collection, key, "v" + map.version(), seen);
    history.check(new History.Read(collection, key, began, sim.now(), map.version(), holder), seen);
  }

  private void search(SimRouter router, String collection) {
    long began = sim.now();
    SearchOutcome outcome =
        router
            .core()
            .search(
                collection,
                SearchRequest.nearest(FloatVector.of(chance.below(1000), chance.below(7), 1), 100));
    if (outcome instanceof SearchOutcome.Found found) {
      found.matches().forEach(match -> history.checkKnown(collection, match.id(), match.payload()));
      history.checkFound(
          collection, found.matches().stream().map(SearchOutcome.Match::id).toList(), began);
    }
  }
}
