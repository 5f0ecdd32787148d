// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults of a world, and their repair. */
final class Faults {
  /** One way to go wrong. */
  enum Kind {
    LEADER_CHANGE,
    NODE_ISOLATED,
    NODE_KILLED,
    NODE_STOPPED,
    SHARD_PAUSED,
    SHARD_DEAD,
    SHARD_GONE,
    SHARD_EMPTIED,
    ROUTER_RESTARTED,
    ROUTER_PAUSED,
    ROUTER_LAGS,
    ROUTER_PINNED,
    CLOCK_JUMPS
  }

  private static final int PAUSING = 100;
  private static final long SECOND = 1_000_000_000;

  private static final long HOUR_MILLIS = 3_600_000;

  /** A shorter pause is not noticed by waits that ask once a second. */
  private static final long LEAST_PAUSE = 2_200_000_000L;

  private final Sim sim;
  private final Chance chance;
  private final List<Kind> kinds;
  private final long mostGap;
  private final int ousting;
  private final SimCluster cluster;
  private final Shards shards;
  private final List<SimRouter> routers;
  private final List<Runnable> repairs = new ArrayList<>();
  private SimNode badNode;
  private boolean someShardIsGone;
  private boolean over;

  Faults(
      Sim sim,
      List<Kind> kinds,
      long mostGap,
      int ousting,
      SimCluster cluster,
      Shards shards,
      List<SimRouter> routers) {
    this.sim = sim;
    this.chance = sim.chance();
    this.kinds = kinds;
    this.mostGap = mostGap;
    this.ousting = ousting;
    this.cluster = cluster;
    this.shards = shards;
    this.routers = routers;
  }

  void begin() {
    if (!kinds.isEmpty()) {
      later();
    }
  }

  /**
   * The leader has just sent a request that changes something.
   *
   * @param there how long it takes: the leader rather loses its office while a slow one is on its
   *     way
   */
  void changeIsSent(long there) {
    boolean slow = there > SECOND / 2;
    if (!over && chance.oneIn(slow && ousting > 0 ? 1 + ousting / 20 : ousting)) {
      sim.after(chance.between(0, SECOND / 10), this::electSomebody);
    }
  }

  /** A member's process dies this moment; the others elect a leader, and it comes back soon. */
  void kill(SimNode node) {
    if (badNode != null) {
      throw new IllegalStateException(badNode.id + " is not back yet");
    }
    badNode = node;
    node.die();
    bad(3 * SECOND, node::comeBack);
  }

  /** A client's change is on its way to a shard. */
  void clientWrites(SimShard shard) {
    if (!over && kinds.contains(Kind.SHARD_PAUSED) && chance.oneIn(PAUSING)) {
      sim.after(chance.between(0, SECOND / 20), () -> pause(shard));
    }
  }

  private void later() {
    sim.after(
        chance.between(mostGap / 10, mostGap),
        () -> {
          if (!over) {
            happen(chance.of(kinds));
            later();
          }
        });
  }

  /** Ends all faults and repairs everything. */
  void end() {
    over = true;
    List.copyOf(repairs).forEach(Runnable::run);
    repairs.clear();
    electIfNobodyLeads();
  }

  private void repairIn(long least, long most, Runnable repair) {
    Runnable once =
        new Runnable() {
          @Override
          public void run() {
            if (repairs.remove(this)) {
              repair.run();
            }
          }
        };
    repairs.add(once);
    sim.after(chance.between(least, most), once);
  }

  private void happen(Kind kind) {
    switch (kind) {
      case LEADER_CHANGE -> electSomebody();
      case NODE_ISOLATED -> isolate();
      case NODE_KILLED -> kill();
      case NODE_STOPPED -> stop();
      case SHARD_PAUSED -> pause(chance.of(shards.all()));
      case SHARD_DEAD -> die(chance.of(shards.all()));
      case SHARD_GONE -> gone(chance.of(shards.all()));
      case SHARD_EMPTIED -> truth().ifPresent(this::empty);
      case ROUTER_RESTARTED -> restart(chance.of(routers));
      case ROUTER_PAUSED -> pause(chance.of(routers));
      case ROUTER_LAGS -> lag(chance.of(routers), 15 * SECOND);
      case ROUTER_PINNED -> lag(chance.of(routers), 90 * SECOND);
      case CLOCK_JUMPS -> cluster.jumpClocks(chance.between(0, 2 * HOUR_MILLIS) - HOUR_MILLIS);
    }
  }

  private void electSomebody() {
    List<SimNode> fit = cluster.nodes().stream().filter(SimNode::reachable).toList();
    if (!fit.isEmpty()) {
      cluster.elect(chance.of(fit));
    }
  }

  private void electIfNobodyLeads() {
    if (cluster.leader().isEmpty() || cluster.leader().get().leadsIn() != cluster.term()) {
      electSomebody();
    }
  }

  /** Mostly the leader; one node at a time. */
  private boolean choose() {
    if (badNode != null) {
      return false;
    }
    badNode =
        chance.percent(75) && cluster.leader().isPresent()
            ? cluster.leader().get()
            : chance.of(cluster.nodes());
    if (!badNode.reachable()) {
      badNode = null;
    }
    return badNode != null;
  }

  private void bad(long most, Runnable repair) {
    SimNode node = badNode;
    sim.after(
        chance.between(SECOND / 10, SECOND),
        () -> {
          if (!node.reachable() && cluster.leader().equals(java.util.Optional.of(node))) {
            electSomebody();
          }
        });
    repairIn(
        SECOND / 2,
        most,
        () -> {
          repair.run();
          badNode = null;
          electIfNobodyLeads();
        });
  }

  private void isolate() {
    if (choose()) {
      SimNode node = badNode;
      node.isolate(true);
      bad(12 * SECOND, () -> node.isolate(false));
    }
  }

  private void kill() {
    if (choose()) {
      SimNode node = badNode;
      node.die();
      bad(8 * SECOND, node::comeBack);
    }
  }

  private void stop() {
    if (choose()) {
      SimNode node = badNode;
      node.freeze();
      bad(10 * SECOND, node::thaw);
    }
  }

  private void pause(SimShard shard) {
    if (shard.answers()) {
      shard.pause();
      repairIn(LEAST_PAUSE, 7 * SECOND, shard::resume);
    }
  }

  private void die(SimShard shard) {
    if (shard.answers()) {
      shard.die();
      repairIn(SECOND / 2, 15 * SECOND, shard::comeBack);
    }
  }

  /** It comes back when all is over, with what it had: one shard of a world at most. */
  private void gone(SimShard shard) {
    if (shard.answers() && !someShardIsGone) {
      someShardIsGone = true;
      shard.die();
      repairs.add(shard::comeBack);
    }
  }

  private void restart(SimRouter router) {
    if (!router.down() && !router.paused()) {
      router.stop();
      repairIn(SECOND / 100, 5 * SECOND, router::restart);
    }
  }

  private void pause(SimRouter router) {
    if (!router.down() && !router.paused()) {
      router.pause();
      repairIn(LEAST_PAUSE, 8 * SECOND, router::resume);
    }
  }

  private void lag(SimRouter router, long most) {
    router.lag(true);
    repairIn(SECOND, most, () -> router.lag(false));
  }

  /** Of the shards that hold the truth about points on the migration. */
  private Optional<SimShard> truth() {
    Optional<Migration> migration =
        cluster
            .newest()
            .migrations()
            .active()
            .filter(active -> active.reversible() || active.phase() == Phase.REVERTING);
    if (migration.isEmpty()) {
      return Optional.empty();
    }
    MigrationPlan plan = migration.get().plan();
    boolean grow = plan.grows();
    List<SimShard> fit =
        cluster.newest().map().shards().stream()
            .filter(shard -> grow != (shard.id() == plan.shardId()))
            .flatMap(shard -> shards.at(shard.primaryUrl()).stream())
            .filter(SimShard::answers)
            .toList();
    boolean already = shards.all().stream().anyMatch(SimShard::emptied);
    return fit.isEmpty() || already ? Optional.empty() : Optional.of(chance.of(fit));
  }

  private void empty(SimShard shard) {
    shard.comeBackEmpty();
    repairIn(5 * SECOND, 40 * SECOND, shard::comeBackWhole);
  }
}
