// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.Applied;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole world: shards, routers, members, clients and what goes wrong, from one seed. */
final class World {
  private static final List<String> KEYS =
      List.of(
          "a", "b", "c", "", "ä", "z", "\uffee", "\ud83d\ude00", "a b", "0", "00", "Z", "é", "zz");

  final Setup setup;
  final Sim sim;
  final Chance chance;
  final Shards shards = new Shards();
  final List<SimRouter> routers = new ArrayList<>();
  final List<Client> clients = new ArrayList<>();
  final List<Schemer> schemers = new ArrayList<>();
  final List<String> collections = new ArrayList<>();
  final List<Spills.Spilled> spilled = new ArrayList<>();
  final History history =
      new History(began -> shards.all().stream().anyMatch(shard -> shard.wasEmptySince(began)));
  final RandomWeather weather;
  final SimCluster cluster;
  final Attention attention = new Attention();
  private final Weather eyes;
  private final Invariants invariants = new Invariants(shards, collections);

  /** A stray copy that was there before the world began. */
  record Orphan(String url, Point point) {}

  /**
   * A copy that an operator has removed.
   *
   * @param same whether its owner had the same when the world began
   */
  record Stray(String collection, String url, Point point, boolean same) {}

  final List<Stray> strays = new ArrayList<>();
  Optional<Orphan> orphan = Optional.empty();
  private final List<String> keys = new ArrayList<>();
  final Faults faults;
  private final Engine engine;

  World(ActorThread.Pool threads, Setup setup, Engine engine, Chance chance, Trace trace) {
    this.setup = setup;
    this.engine = engine;
    this.chance = chance;
    this.sim = new Sim(threads, chance, trace, 1_200_000_000_000L, 2_000_000);
    this.weather =
        new RandomWeather(
            chance,
            setup.latency,
            setup.slowPercent,
            setup.lossPerMille,
            setup.errorPerMille,
            setup.heldPerMille,
            setup.mayBeHeld,
            setup.givenUpArrives);
    this.eyes = this::watched;
    this.cluster =
        new SimCluster(
            sim,
            setup.members,
            setup.lease.toNanos(),
            setup.followerLag,
            (node, term) -> node.run(() -> lead(node, term)));
    this.cluster.onEntry(this::entry);
    this.cluster.gate(this::meets);
    this.faults =
        new Faults(sim, setup.faults, setup.faultGap, setup.ousting, cluster, shards, routers);
  }

  /** What happens to a request, and what it brings about. */
  private Fate watched(Call call, SimShard shard) {
    Fate fate = weather.fate(call, shard);
    if (call.changes() && call.kind() == Call.Kind.COORDINATOR) {
      attention.on(call, keys);
      invariants.request(cluster.newest(), call);
      faults.changeIsSent(fate.there());
      return ambushed(call, fate);
    } else if (call.changes()) {
      faults.clientWrites(shard);
    }
    return fate;
  }

  private Fate ambushed(Call call, Fate fate) {
    Ambush.AtRequest blow = setup.ambush.request(call);
    if (blow != Ambush.AtRequest.PASSES) {
      faults.kill(cluster.node(call.from()));
    }
    return switch (blow) {
      case PASSES, KILLED_AFTER -> fate;
      case KILLED_BEFORE -> Fate.lost(0, true);
      case KILLED_LONG_BEFORE -> Fate.unheard(setup.coordinatorPatience());
    };
  }

  /** Whether a proposal is refused; its author may die of it. The first entry is nobody's work. */
  private boolean meets(SimNode author, long term, Command command) {
    if (command instanceof Command.Bootstrap) {
      return false;
    }
    Ambush.AtEntry blow = setup.ambush.proposed(term, command);
    if (blow == Ambush.AtEntry.KILLED) {
      faults.kill(author);
    }
    return blow == Ambush.AtEntry.REFUSED;
  }

  /** Lives from the beginning to the verdict. */
  void live() {
    sim.live(() -> new Life(this, engine).live());
  }

  Ports ports(SimNode node, long term) {
    Ports.NodeFence fence = new Ports.NodeFence(sim, node, term, setup.lease);
    return new Ports(
        node,
        term,
        setup.settings(),
        new Ports.NodeLog(sim, cluster, node, term),
        new SimShardApi(
            sim,
            shards,
            eyes,
            node.id,
            fence,
            node.clockOffset,
            setup.requestTimeout,
            Duration.ofNanos(setup.coordinatorPatience())),
        new Ports.NodeRouters(sim, routers),
        new Ports.NodeTime(sim, cluster, node),
        new Ports.NodeTasks(sim),
        fence,
        (migration, rows) -> spilled.addAll(rows));
  }

  /** A lease that lapsed may come back in the same term. */
  private void lead(SimNode node, long term) throws Exception {
    while (node.leadsIn() == term) {
      engine.lead(ports(node, term));
      sim.sleep(100_000_000);
    }
  }

  /** Makes shards with their points, routers and a first map. */
  ShardMap build() {
    List<Shard> first = new ArrayList<>();
    for (int i = 0; i < setup.shards; i++) {
      String url = "http://d" + i + ":1";
      first.add(new Shard(i, url, List.of()));
      shards.add(shard(url));
    }
    shards.add(shard("http://n:1"));
    ShardMap map = new ShardMap(1, first, List.of(), List.of());
    for (IndexKind kind : setup.collections) {
      fill(kind, map);
    }
    if (setup.orphan) {
      leaveOrphan(map);
    }
    for (int i = 0; i < setup.strays; i++) {
      leaveStray(map);
    }
    for (int i = 0; i < setup.routers; i++) {
      routers.add(new SimRouter(sim, "http://r" + i + ":1", shards, eyes, cluster::poll));
    }
    return map;
  }

  private SimShard shard(String url) {
    return new SimShard(sim, url, setup.version, setup.limits, setup.buildPerPoint);
  }

  private void fill(IndexKind kind, ShardMap map) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    collections.add(name);
    for (Shard shard : map.shards()) {
      at(shard).core.create(CollectionSchema.of(name, 3, Metric.L2, kind));
    }
    for (String key : someKeys()) {
      Point point = history.initial(name, key, chance.percent(80));
      if (point != null) {
        at(map.shard(RendezvousHash.owner(map, key).orElseThrow()).orElseThrow())
            .core
            .upsert(name, List.of(point), false);
      }
    }
  }

  /** A copy that something else left where it does not belong, long ago. */
  private void leaveOrphan(ShardMap map) {
    String collection = collections.get(0);
    String key = chance.of(history.keys(collection));
    Shard shard = chance.of(map.shards());
    if (RendezvousHash.owner(map, key).orElseThrow() != shard.id()) {
      orphan = Optional.of(new Orphan(shard.primaryUrl(), history.orphan(collection, key)));
      at(shard).core.upsert(collection, List.of(orphan.get().point), false);
    }
  }

  /** A copy of what its owner has, or has no more. */
  private void leaveStray(ShardMap map) {
    String collection = chance.of(collections);
    String key = chance.of(history.keys(collection));
    Shard shard = chance.of(map.shards());
    Shard owner = map.shard(RendezvousHash.owner(map, key).orElseThrow()).orElseThrow();
    if (owner.id() != shard.id()) {
      Optional<Point> same = at(owner).core.point(collection, key).filter(any -> chance.oneIn(2));
      Point stray = same.orElseGet(() -> history.orphan(collection, key));
      at(shard).core.upsert(collection, List.of(stray), false);
      strays.add(new Stray(collection, shard.primaryUrl(), stray, same.isPresent()));
    }
  }

  /** In any order: the first ones are written most. */
  private List<String> someKeys() {
    List<String> all = new ArrayList<>(KEYS);
    for (int i = 0; i < 8; i++) {
      all.add("k" + i);
    }
    List<String> some = new ArrayList<>();
    while (some.size() < setup.keys) {
      some.add(all.remove(chance.below(all.size())));
    }
    some.stream().filter(key -> !keys.contains(key)).forEach(keys::add);
    return some;
  }

  private SimShard at(Shard shard) {
    return shards.at(shard.primaryUrl()).orElseThrow();
  }

  private void entry(SimNode author, Command command, Applied applied) {
    invariants.entry(cluster.beforeLast(), command, applied);
    if (!(command instanceof Command.Bootstrap) && setup.ambush.killsAfter(command)) {
      faults.kill(author);
    }
  }

  /** All points of a shard's collection, as they stand; empty if it has no such collection. */
  static List<Point> points(SimShard shard, String collection) {
    boolean there =
        shard.core.collections().stream().anyMatch(info -> info.schema().name().equals(collection));
    List<Point> all = new ArrayList<>();
    while (there) {
      List<Point> page = shard.core.fetch(collection, all.size(), shard.limits.fetch());
      if (page.isEmpty()) {
        break;
      }
      all.addAll(page);
    }
    return all;
  }

  /** Whether a migration ended without cleaning this shard, since an operator said so. */
  boolean leftDirty(String url) {
    return cluster.newest().migrations().finished().values().stream()
        .anyMatch(ended -> ended.leftDirty().contains(url));
  }

  Optional<Ports> leaderPorts() {
    return cluster
        .leader()
        .filter(node -> node.reachable() && node.leadsIn() == cluster.term())
        .map(node -> ports(node, cluster.term()));
  }
}
