// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.router.RouterException;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.ShardApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The outside as the leader of one term sees it, on one node.
 *
 * @param settings what the engine believes of the world
 */
record Ports(
    SimNode node,
    long term,
    MigrationSettings settings,
    MigrationLog log,
    ShardApi shards,
    RouterApi routers,
    Time time,
    Tasks tasks,
    Fence fence,
    Spills spills) {

  /** Virtual time, on the scale of a node. */
  record NodeTime(Sim sim, SimCluster cluster, SimNode node) implements Time {
    @Override
    public long nanos() {
      return sim.now() + node.clockOffset;
    }

    @Override
    public long epochMillis() {
      return cluster.epochMillis();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      sim.sleep(Math.max(0, duration.toNanos()));
    }
  }

  /** Actors of the same process. */
  record NodeTasks(Sim sim) implements Tasks {
    private record Ended<T>(T value, Exception failure) {}

    private record Started<T>(Sim sim, Actor[] actor, Promise<Ended<T>> end) implements Task<T> {
      @Override
      public T join() throws Exception {
        end.await(Sim.FOREVER);
        if (end.value().failure() != null) {
          throw end.value().failure();
        }
        return end.value().value();
      }

      @Override
      public boolean isDone() {
        return end.kept();
      }

      @Override
      public void cancel() {
        sim.interrupt(actor[0]);
      }
    }

    @Override
    public <T> Task<T> start(String name, Callable<T> work) {
      Promise<Ended<T>> end = new Promise<>(sim);
      Actor actor =
          sim.spawn(
              sim.current().group,
              name,
              () -> {
                try {
                  end.keep(new Ended<>(work.call(), null));
                } catch (Exception e) {
                  end.keep(new Ended<>(null, e));
                }
              });
      return new Started<>(sim, new Actor[] {actor}, end);
    }
  }

  /** A node's lease on its leadership in one term. */
  record NodeFence(Sim sim, SimNode node, long term, Duration lease) implements Fence {
    @Override
    public long sendUntilNanos() {
      long until =
          node.confirmedIn(term)
                  .orElseThrow(() -> new FencedException("no read has succeeded in this term"))
              + lease.toNanos();
      if (node.leadsIn() != term || sim.now() >= until) {
        throw new FencedException(node.id + " may not lead in term " + term + " any more");
      }
      return until + node.clockOffset;
    }
  }

  /** The log for the leader of one term. */
  record NodeLog(Sim sim, SimCluster cluster, SimNode node, long term) implements MigrationLog {
    private static final long PATIENCE = 3_000_000_000L;

    @Override
    public ClusterState state() {
      return node.state();
    }

    @Override
    public Outcome submit(Command command) throws UnknownOutcomeException, InterruptedException {
      Promise<SimCluster.Result> result = cluster.submit(node, term, command);
      if (!result.await(sim.now() + PATIENCE)
          || result.value() instanceof SimCluster.Result.Unknown) {
        sim.trace(node.id, "does not know what became of", command);
        throw new UnknownOutcomeException("it may or may not have been logged");
      }
      if (result.value() instanceof SimCluster.Result.Logged logged) {
        return logged.outcome();
      }
      throw new FencedException(node.id + " does not lead in term " + term);
    }

    @Override
    public void awaitChange(ClusterState seen, Duration limit) throws InterruptedException {
      long deadline = sim.now() + limit.toNanos();
      while (node.state() == seen && sim.now() < deadline) {
        node.nextChange().await(deadline);
      }
    }
  }

  /** Routers, asked for their maps. */
  record NodeRouters(Sim sim, List<SimRouter> routers) implements RouterApi {
    private static final long LATENCY = 30_000_000;
    private static final long PATIENCE = 2_000_000_000;

    @Override
    public ShardMap adoptedMap(String url) throws RouterException, InterruptedException {
      SimRouter router =
          routers.stream()
              .filter(one -> one.url.equals(url))
              .findFirst()
              .orElseThrow(() -> new RouterException("nobody listens"));
      long deadline = sim.now() + PATIENCE;
      sim.sleep(sim.chance().between(0, LATENCY));
      while (router.paused() && sim.now() < deadline) {
        sim.sleep(LATENCY);
      }
      if (router.down() || router.paused()) {
        throw new RouterException("no answer");
      }
      ShardMap adopted = router.core().adopted();
      sim.sleep(sim.chance().between(0, LATENCY));
      return adopted;
    }
  }
}
