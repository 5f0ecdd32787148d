// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.VirtualWorld;
import io.quiverdb.coordinator.migration.step.LogStepControl;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepControl;
import io.quiverdb.coordinator.migration.wait.PollingHealthyWait;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.router.RouterException;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Three shards, two routers and a log with the real rules, in virtual time. Shard 3 at {@link #N}
 * is the one that joins; shard 2 the one that leaves.
 */
public final class FakeCluster {
  public static final String N = "http://n:6333";
  public static final String R1 = "http://r1:6330";
  public static final String R2 = "http://r2:6330";
  public static final long TERM = 7;

  public final VirtualWorld world = new VirtualWorld();
  public final StubShards shards = new StubShards(world);

  /** What a router answers; by default the newest map. */
  public final Map<String, Function<ShardMap, ShardMap>> routers = new LinkedHashMap<>();

  public final List<Command> logged = new ArrayList<>();
  public long term = TERM;
  public boolean fenced;
  public boolean outcomesUnknown;
  public boolean adoptionAssumed;

  /** Entries that have not reached the log yet, and nobody knows that. */
  public Predicate<Command> underWay = command -> false;

  private ClusterState state = ClusterState.INITIAL;
  private long index;

  public FakeCluster() {
    routers.put(R1, map -> map);
    routers.put(R2, map -> map);
    List<Shard> serving = new ArrayList<>();
    for (long id = 0; id < 3; id++) {
      serving.add(new Shard(id, url(id), List.of()));
      shards.at(url(id)).has("docs", 100);
    }
    ShardMap map = new ShardMap(5, serving, List.of(), List.of());
    accept(new Command.Bootstrap("c", "f", map, 3, List.of(R1, R2)));
    accept(new Command.RaiseFormat(2, term));
    logged.clear();
  }

  public static String url(long id) {
    return "http://s" + id + ":6333";
  }

  public ClusterState state() {
    return state;
  }

  public Migration migration() {
    return state.migrations().find(state.migrations().nextId() - 1).orElseThrow();
  }

  public Outcome apply(Command command) {
    logged.add(command);
    Applied applied =
        ClusterStateMachine.apply(
            state,
            new EntryId(++index, term),
            Proposal.of(new Stamp("c1", Stamp.SYSTEM, world.epochMillis()), command));
    state = applied.state();
    return applied.outcome();
  }

  /** What an operator who sees the migration as it is now orders. */
  public Command retry(OptionalLong skip) {
    return new Command.RetryMigration(
        migration().id(), skip, migration().waitingOn().map(WaitingOn::id));
  }

  public void accept(Command command) {
    Outcome outcome = apply(command);
    if (!(outcome instanceof Outcome.Accepted)) {
      throw new AssertionError(command + ": " + outcome);
    }
  }

  /** Lets something happen later; a test that ends before does not see it. */
  public void at(Duration later, Runnable change) {
    var unused =
        world.start(
            "later",
            () -> {
              world.sleep(later);
              change.run();
              return "done";
            });
  }

  /** Starts a migration: of a fourth shard onto the map, or of the third one off it. */
  public void start(MigrationKind kind) {
    boolean grow = kind == MigrationKind.GROW;
    MigrationPlan plan =
        new MigrationPlan(
            kind, grow ? 3 : 2, grow ? N : url(2), List.of(), adoptionAssumed, List.of());
    accept(new Command.StartMigration(plan, 0, term));
  }

  public void await(Phase phase) throws InterruptedException {
    world.await(() -> migration().phase() == phase, Duration.ofHours(1));
    assertEquals(phase, migration().phase());
  }

  /** Starts a migration and brings it into a phase, in the current term, without doing anything. */
  public void begin(MigrationKind kind, Phase phase) {
    start(kind);
    List<Phase> way = kind == MigrationKind.GROW ? Walk.GROW : Walk.DRAIN;
    for (Phase next : way.subList(1, way.size() - 1)) {
      if (migration().phase() == phase) {
        break;
      }
      accept(new Command.AdvanceMigration(migration().id(), migration().phase(), next, "", term));
    }
    logged.clear();
  }

  public MigrationSettings settings() {
    return new MigrationSettings(
        adoptionAssumed,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(14),
        Duration.ofSeconds(2),
        Duration.ofSeconds(8),
        Duration.ofMillis(25),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        20,
        1_000,
        8 << 20,
        Duration.ofMinutes(10),
        Optional.empty());
  }

  public MigrationPorts ports() {
    long mine = term;
    return new MigrationPorts(
        new Log(mine),
        shards,
        new Routers(),
        world,
        world,
        () -> {
          checkFence(mine);
          return world.nanos() + Duration.ofSeconds(1).toNanos();
        },
        (id, rows) -> {},
        MemoryBudget.ofHeap(96 << 20),
        MigrationRecorder.NONE);
  }

  private void checkFence(long mine) {
    if (fenced || mine != term) {
      throw new FencedException("deposed");
    }
  }

  public LogStepControl control() {
    MigrationPorts ports = ports();
    return new LogStepControl(
        ports.log(), ports.fence(), world, MigrationRecorder.NONE, term, migration());
  }

  public MigrationContext bundle(StepControl control) {
    MigrationPorts ports = ports();
    return new MigrationContext(
        settings(),
        shards,
        ports.routers(),
        world,
        world,
        ports.fence(),
        control,
        new PollingHealthyWait(shards, ports.routers(), world, world, control),
        ports.spills(),
        ports.memory());
  }

  private final class Routers implements RouterApi {
    @Override
    public ShardMap adoptedMap(String url) throws RouterException, InterruptedException {
      world.sleep(Duration.ofMillis(1));
      ShardMap map = routers.get(url).apply(state.map());
      if (map == null) {
        throw new RouterException("answered 401: it does not accept shards.router_key");
      }
      return map;
    }
  }

  private final class Log implements MigrationLog {
    private final long mine;

    Log(long mine) {
      this.mine = mine;
    }

    @Override
    public ClusterState state() {
      return state;
    }

    @Override
    public Outcome submit(Command command) throws UnknownOutcomeException, InterruptedException {
      world.sleep(Duration.ofMillis(1));
      checkFence(mine);
      if (underWay.test(command)) {
        throw new UnknownOutcomeException("no answer in time");
      }
      Outcome outcome = apply(command);
      if (outcomesUnknown) {
        throw new UnknownOutcomeException("the connection broke");
      }
      return outcome;
    }

    @Override
    public void awaitChange(ClusterState seen, Duration limit) throws InterruptedException {
      world.await(() -> state != seen, limit);
    }
  }
}
