// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The operators: they start migrations, cancel or pause them, and handle a migration that holds.
 */
final class Operators {
  private static final long SECOND = 1_000_000_000;

  private final World world;
  private final Engine engine;
  private final Sim sim;
  private final Chance chance;

  Operators(World world, Engine engine) {
    this.world = world;
    this.engine = engine;
    this.sim = world.sim;
    this.chance = world.chance;
  }

  Optional<Migration> active() {
    return world.cluster.newest().migrations().active();
  }

  /** Asks again until it is known to have been decided. */
  void awaitLogged(Command command) throws InterruptedException {
    while (true) {
      Optional<SimNode> leader = world.cluster.leader();
      if (leader.isPresent() && leader.get().leadsIn() == world.cluster.term()) {
        Promise<SimCluster.Result> result =
            world.cluster.submit(leader.get(), world.cluster.term(), command);
        if (result.await(sim.now() + 5 * SECOND)
            && result.value() instanceof SimCluster.Result.Logged) {
          return;
        }
      }
      sim.sleep(SECOND / 10);
    }
  }

  /**
   * Asks the leader for a migration.
   *
   * @return why it has not begun; empty if it has
   */
  String ask(boolean grow, String url) throws InterruptedException {
    Optional<Ports> ports = world.leaderPorts();
    if (ports.isEmpty()) {
      return "there is no leader";
    }
    Promise<String> answer = new Promise<>(sim);
    sim.spawn(
        ports.get().node().group(),
        "request",
        () -> {
          try {
            answer.keep(
                grow
                    ? engine.grow(ports.get(), url)
                    : engine.drain(ports.get(), idOf(ports.get(), url)));
          } catch (Exception e) {
            answer.keep("failed: " + e);
          }
        });
    return answer.await(sim.now() + 60 * SECOND) ? answer.value() : "no answer";
  }

  private static long idOf(Ports ports, String url) {
    return ports.log().state().map().shards().stream()
        .filter(shard -> shard.primaryUrl().equals(url))
        .findFirst()
        .orElseThrow()
        .id();
  }

  /** A shard outside the map that may join, or one of the map that may leave. */
  Optional<String> target(boolean grow) {
    List<String> inMap =
        world.cluster.newest().map().shards().stream().map(Shard::primaryUrl).toList();
    List<String> fit =
        new ArrayList<>(
            grow
                ? world.shards.all().stream()
                    .map(shard -> shard.url)
                    .filter(url -> !inMap.contains(url))
                    .toList()
                : inMap);
    return fit.isEmpty() || (!grow && fit.size() == 1)
        ? Optional.empty()
        : Optional.of(chance.of(fit));
  }

  /** A shard that was used before is emptied by hand: it may hold what a migration left behind. */
  void makeFresh(String url) {
    SimShard shard = world.shards.at(url).orElseThrow();
    if (shard.answers()) {
      sim.trace("operator", "empties", url);
      shard.core.collections().forEach(info -> shard.core.drop(info.schema().name()));
    }
  }

  void cancel() throws InterruptedException {
    if (active().isPresent()) {
      awaitLogged(new Command.CancelMigration(active().get().id(), false));
    }
  }

  /** Cancels as soon as the migration is in a phase, unless it ends before. */
  void cancelIn(Phase phase) throws InterruptedException {
    while (active().isPresent() && active().get().phase() != phase) {
      sim.sleep(SECOND / 50);
    }
    cancel();
  }

  void pause() throws InterruptedException {
    Optional<Migration> active = active();
    if (active.isPresent()) {
      awaitLogged(new Command.PauseMigration(active.get().id()));
      sim.sleep(chance.between(SECOND / 10, 15 * SECOND));
      awaitLogged(new Command.ResumeMigration(active.get().id()));
    }
  }

  /** Sometimes acts on a migration that holds: retries it, or skips a dead shard. */
  void help() throws InterruptedException {
    Optional<Migration> active = active();
    if (active.isEmpty() || !holds(active.get()) || !chance.oneIn(12)) {
      return;
    }
    Migration migration = active.get();
    WaitingOn waiting = migration.waitingOn().orElseThrow();
    boolean lost = world.shards.all().stream().anyMatch(SimShard::emptied);
    if (waiting.what().equals("truth") && lost) {
      if (chance.oneIn(4)) {
        sim.trace("operator", "keeps the copies");
        awaitLogged(new Command.CancelMigration(migration.id(), true));
      }
      return;
    }
    long waitedMillis = world.cluster.epochMillis() - waiting.sinceMillis();
    if (waitedMillis > world.setup.settings().unreachableLimit().toMillis()) {
      for (SimShard shard : world.shards.all()) {
        OptionalLong id = idInMigration(migration, shard.url);
        if (shard.dead() && id.isPresent() && waiting.names(List.of(shard.url))) {
          sim.trace("operator", "gives up", shard.url);
          awaitLogged(new Command.RetryMigration(migration.id(), id, Optional.of(waiting.id())));
          return;
        }
      }
    }
    awaitLogged(
        new Command.RetryMigration(
            migration.id(), OptionalLong.empty(), Optional.of(waiting.id())));
  }

  private static boolean holds(Migration migration) {
    return migration.waitingOn().isPresent()
        && (migration.state() == MigrationState.HOLDING
            || migration.state() == MigrationState.REVERTING);
  }

  private OptionalLong idInMigration(Migration migration, String url) {
    if (migration.plan().url().equals(url)) {
      return OptionalLong.of(migration.plan().shardId());
    }
    return world.cluster.newest().map().shards().stream()
        .filter(shard -> shard.primaryUrl().equals(url))
        .mapToLong(Shard::id)
        .findFirst();
  }
}
