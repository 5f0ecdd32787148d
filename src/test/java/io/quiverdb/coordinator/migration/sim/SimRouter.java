// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.QuiverResponse;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RouterCore;
import io.quiverdb.coordinator.dev.quiver.ShardCalls;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A router's process. Clients' requests run inside it on their own actors. It polls for its map,
 * may fall behind, pause, and restart: then requests inside it end where they are, and it knows
 * nothing but a seed that refuses connections until it has polled.
 */
final class SimRouter {
  /** The router died under a request. */
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Gone() {
      super("the router is gone", null, false, false);
    }
  }

  private static final ShardMap SEED = RouterCore.seed(List.of("http://nowhere:1"));
  private static final long POLL = 1_500_000_000;
  private static final long LATENCY = 20_000_000;

  final String url;
  private final Sim sim;
  private final Shards shards;
  private final Weather weather;
  private final Consumer<Consumer<Optional<ShardMap>>> coordinator;
  private final Map<Long, Long> adoptedAt = new TreeMap<>();
  private long longestPoll;
  private RouterCore core;
  private int life;
  private boolean paused;
  private boolean down;
  private boolean lagging;
  private Promise<Boolean> resumed;

  /**
   * A router that has just started.
   *
   * @param coordinator takes what is to be done with some member's answer to a poll; empty: none
   */
  SimRouter(
      Sim sim,
      String url,
      Shards shards,
      Weather weather,
      Consumer<Consumer<Optional<ShardMap>>> coordinator) {
    this.sim = sim;
    this.url = url;
    this.shards = shards;
    this.weather = weather;
    this.coordinator = coordinator;
    start();
  }

  private void start() {
    int born = ++life;
    down = false;
    core = new RouterCore(QuiverVersion.V1_1_0, Limits.DEFAULT, SEED, new Calls(born));
    poll(born);
  }

  RouterCore core() {
    return core;
  }

  long version() {
    return core.adopted().version();
  }

  /** When it adopted this version, by the world's clock; empty: it never did. */
  Optional<Long> adopted(long version) {
    return Optional.ofNullable(adoptedAt.get(version));
  }

  /** How long a poll of it waited at most for a member's answer, in ns. */
  long longestPoll() {
    return longestPoll;
  }

  boolean paused() {
    return paused;
  }

  boolean down() {
    return down;
  }

  void pause() {
    paused = true;
    resumed = new Promise<>(sim);
    sim.trace(url, "pauses");
  }

  void resume() {
    if (paused) {
      paused = false;
      resumed.keep(true);
      sim.trace(url, "resumes");
    }
  }

  /** Whether its polls fail. */
  void lag(boolean now) {
    lagging = now;
    sim.trace(url, now ? "lags" : "catches up");
  }

  void stop() {
    resume();
    life++;
    down = true;
    sim.trace(url, "is gone");
  }

  void restart() {
    start();
    sim.trace(url, "starts anew");
  }

  private void poll(int born) {
    if (life != born) {
      return;
    }
    if (paused || lagging) {
      later(born);
      return;
    }
    long asked = sim.now();
    coordinator.accept(
        served -> {
          longestPoll = Math.max(longestPoll, sim.now() - asked);
          sim.after(sim.chance().between(0, LATENCY), () -> answered(born, served));
        });
  }

  private void answered(int born, Optional<ShardMap> served) {
    if (life != born) {
      return;
    }
    if (paused) {
      sim.after(LATENCY, () -> answered(born, served));
      return;
    }
    if (served.isPresent() && core.adopt(served.get())) {
      adoptedAt.put(served.get().version(), sim.now());
      sim.trace(url, "adopts", Text.of(served.get()));
    }
    later(born);
  }

  private void later(int born) {
    sim.after(sim.chance().between(POLL / 2, POLL), () -> poll(born));
  }

  /** How requests leave it: on the actor of the client whose request is served. */
  private final class Calls implements ShardCalls {
    private final int born;

    Calls(int born) {
      this.born = born;
    }

    @Override
    public QuiverResponse call(String method, String target, Optional<String> json)
        throws IOException {
      gate();
      SimShard shard = shards.at(target).orElseThrow(() -> new IOException("refused"));
      Actor client = sim.current();
      String body = json.orElse("");
      Call call =
          new Call(
              url,
              Call.Kind.CLIENT,
              method,
              target.substring(shard.url.length()),
              body,
              method.equals("GET")
                  ? List.of()
                  : client.operations.stream()
                      .filter(operation -> body.contains("\"" + operation.key + "\""))
                      .toList(),
              client.patience * 6 / 10);
      Fate fate = weather.fate(call, shard);
      client.patience -= fate.there() + fate.back();
      Answer answer = shard.send(call, fate).await();
      gate();
      if (answer instanceof Answer.Heard heard) {
        return heard.response();
      }
      throw new IOException(answer instanceof Answer.Refused ? "refused" : "reset");
    }

    private void gate() {
      while (paused && life == born) {
        resumed.await();
      }
      if (life != born) {
        throw new Gone();
      }
    }
  }
}
