// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.MigrationExecutor;
import io.quiverdb.coordinator.migration.points.FakeShards;
import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweepState;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sweeps by the real executor and the real rules, in virtual time. */
class SweepRunnerTest {
  private static final int STRAYS = 9;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final FakeCluster cluster = new FakeCluster();
  private final FakeShards shards = new FakeShards(cluster.world);
  private final List<Spilled> spilled = new ArrayList<>();
  private final List<Duration> deletes = new ArrayList<>();
  private Spills spills = (work, rows) -> spilled.addAll(rows);

  @BeforeEach
  void fill() throws InterruptedException {
    shards.fetchLimit = 100;
    for (long id = 0; id < 3; id++) {
      ShardCore core =
          new ShardCore(QuiverVersion.V1_1_0, Limits.DEFAULT, Duration.ZERO, cluster.world::nanos);
      core.create(CollectionSchema.of("docs", 2, Metric.L2, IndexKind.HNSW));
      shards.cores.put(FakeCluster.url(id), core);
    }
    for (int i = 0; i < 60; i++) {
      store(owner("k" + i), "k" + i, i);
    }
    for (int i = 0; i < STRAYS; i++) {
      store(0, stray(i), i);
      if (i < 6) {
        store(owner(stray(i)), stray(i), i < 3 ? i : 70);
      }
    }
    cluster.accept(new CheckCommand.StartCheck(CheckKind.VERIFY, 0));
    shards.before(
        call -> {
          if (call.op() == Op.DELETE) {
            deletes.add(cluster.world.elapsed());
          }
        });
    lead();
    await(() -> cluster.state().checks().find(1).orElseThrow().state() == CheckState.DONE);
    assertEquals(
        new StrayCounts(3, 3, 3), cluster.state().checks().find(1).orElseThrow().report().strays());
  }

  private long owner(String id) {
    return RendezvousHash.owner(cluster.state().map(), id).orElseThrow();
  }

  /** The n-th id that shard 0 does not own. */
  private String stray(int n) {
    int left = n;
    for (int i = 0; true; i++) {
      if (owner("s" + i) != 0 && left-- == 0) {
        return "s" + i;
      }
    }
  }

  private void store(long shard, String id, Object payload) {
    shards
        .cores
        .get(FakeCluster.url(shard))
        .upsert("docs", List.of(new Point(id, FloatVector.of(1, 2), payload.toString())), false);
  }

  private boolean has(long shard, String id) {
    return shards.cores.get(FakeCluster.url(shard)).point("docs", id).isPresent();
  }

  private long left() {
    return IntStream.range(0, STRAYS).filter(i -> has(0, stray(i))).count();
  }

  private void lead() {
    MigrationPorts ports = cluster.ports();
    MigrationExecutor executor =
        new MigrationExecutor(
            cluster.term,
            new MigrationPorts(
                ports.log(),
                shards,
                ports.routers(),
                ports.time(),
                ports.tasks(),
                ports.fence(),
                (work, rows) -> spills.keep(work, rows),
                ports.memory(),
                ports.recorder()),
            cluster.settings());
    var unused =
        cluster.world.start(
            "leader",
            () -> {
              executor.run();
              return "";
            });
  }

  private void begin() {
    cluster.accept(new CheckCommand.StartSweep(1, 10, 0, false));
  }

  private void await(BooleanSupplier ready) throws InterruptedException {
    cluster.world.await(ready, Duration.ofHours(1));
    assertTrue(ready.getAsBoolean(), () -> cluster.state().checks().toString());
  }

  private Sweep sweep() {
    return cluster.state().checks().find(1).orElseThrow().sweep().orElseThrow();
  }

  private Sweep ended(SweepState end) throws InterruptedException {
    await(() -> !sweep().isActive());
    assertEquals(end, sweep().state(), () -> sweep().toString());
    return sweep();
  }

  private Duration since(Duration begun) {
    return cluster.world.elapsed().minus(begun);
  }

  @Test
  void removesThemAndKeepsWhatTheirOwnerLacks() throws InterruptedException {
    Duration begun = cluster.world.elapsed();
    begin();
    Sweep done = ended(SweepState.DONE);
    assertEquals(0, left());
    assertEquals(new StrayCounts(3, 3, 3), done.removed());
    for (int i = 0; i < STRAYS; i++) {
      String id = stray(i);
      assertEquals(i < 6, has(owner(id), id), "its owner keeps it");
      boolean kept = spilled.stream().anyMatch(one -> one.row().id().equals(id));
      assertTrue(i < 3 || kept, id);
    }
    for (int i = 0; i < 60; i++) {
      assertTrue(has(owner("k" + i), "k" + i), "k" + i);
    }
    assertTrue(deletes.get(0).minus(begun).compareTo(DRAIN) >= 0, "a drain after the barrier");
    assertEquals(List.of(), calls("quiver_coordinator_probe"), "no probe is left");
  }

  private List<String> calls(String prefix) {
    return shards.cores.values().stream()
        .flatMap(core -> core.collections().stream())
        .map(info -> info.schema().name())
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  @Test
  void aRouterOnAnOlderMapIsWaitedForAndThenItsRequests() throws InterruptedException {
    old(FakeCluster.R2);
    Duration begun = cluster.world.elapsed();
    begin();
    cluster.at(Duration.ofSeconds(30), () -> cluster.routers.put(FakeCluster.R2, map -> map));
    await(() -> sweep().waitingFor().orElse("").contains(FakeCluster.R2));
    ended(SweepState.DONE);
    Duration first = deletes.get(0).minus(begun);
    assertTrue(first.compareTo(Duration.ofSeconds(40)) >= 0, first::toString);
  }

  @Test
  void whereAdoptionIsAssumedAFixedTimeStandsForTheRouters() throws InterruptedException {
    for (String router : List.of(FakeCluster.R1, FakeCluster.R2)) {
      cluster.accept(new Command.RemoveRouter(router, false));
    }
    Duration begun = cluster.world.elapsed();
    cluster.accept(new CheckCommand.StartSweep(1, 10, 0, true));
    ended(SweepState.DONE);
    Duration first = deletes.get(0).minus(begun);
    Duration grace = cluster.settings().routerGrace();
    assertTrue(first.compareTo(grace.plus(DRAIN)) >= 0, first::toString);
  }

  private void old(String router) {
    cluster.routers.put(router, map -> map.withVersion(map.version() - 1));
  }

  @Test
  void aRouterThatStaysOnAnOlderMapEndsIt() throws InterruptedException {
    old(FakeCluster.R2);
    begin();
    Sweep failed = ended(SweepState.FAILED);
    assertTrue(failed.error().orElseThrow().contains(FakeCluster.R2), failed::toString);
    assertEquals(STRAYS, left());
    assertEquals(List.of(), deletes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRouterThatFallsBackOrIsSilentMeanwhileSuspendsIt(boolean silent)
      throws InterruptedException {
    shards.perRow = Duration.ofMillis(400);
    Duration[] back = new Duration[1];
    begin();
    await(() -> !deletes.isEmpty());
    old(FakeCluster.R1);
    cluster.routers.computeIfPresent(FakeCluster.R1, (url, map) -> silent ? its -> null : map);
    cluster.at(
        Duration.ofSeconds(20),
        () -> {
          cluster.routers.put(FakeCluster.R1, map -> map);
          back[0] = cluster.world.elapsed();
        });
    Duration fell = cluster.world.elapsed();
    ended(SweepState.DONE);
    assertEquals(0, left());
    // It is seen within a second or two, by a request that is under way then.
    List<Duration> meanwhile =
        deletes.stream()
            .filter(at -> at.compareTo(fell.plusSeconds(4)) > 0)
            .filter(at -> at.compareTo(back[0].plus(DRAIN)) < 0)
            .toList();
    assertEquals(List.of(), meanwhile);
    assertTrue(deletes.get(deletes.size() - 1).compareTo(back[0].plus(DRAIN)) >= 0);
  }

  @Test
  void theMapIsFreeOnlyWhenNoDeleteCanArriveAnyMore() throws InterruptedException {
    boolean[] deaf = {true};
    shards.fail(Kind.TIMED_OUT, call -> deaf[0] && call.op() == Op.DELETE);
    begin();
    await(() -> deletes.size() >= 2);
    cluster.accept(new CheckCommand.StopCheck(1, false));
    Duration stopped = cluster.world.elapsed();
    assertTrue(cluster.apply(new Command.RemoveShard(2)) instanceof Rejected);
    cluster.world.sleep(Duration.ofSeconds(5));
    assertEquals(SweepState.STOPPING, sweep().state());
    ended(SweepState.STOPPED);
    assertTrue(since(stopped).compareTo(Duration.ofSeconds(10)) >= 0, () -> "" + since(stopped));
    cluster.accept(new Command.RemoveShard(2));
  }

  @Test
  void aShardThatIsSilentWithADeleteInsideKeepsTheMap() throws InterruptedException {
    boolean[] silent = {false};
    shards.fail(
        Kind.TIMED_OUT,
        call -> (silent[0] || call.op() == Op.DELETE) && call.url().equals(FakeCluster.url(0)));
    begin();
    await(() -> deletes.size() >= 2);
    silent[0] = true;
    cluster.world.sleep(Duration.ofMinutes(5));
    assertTrue(sweep().isActive(), "its delete may still come");
    assertTrue(sweep().waitingFor().orElseThrow().contains(FakeCluster.url(0)));
    cluster.accept(new CheckCommand.StopCheck(1, true));
    cluster.accept(new Command.AllocateId());
    assertEquals(SweepState.STOPPED, sweep().state());
    assertTrue(cluster.state().mayHaveRequestsUnderWay());
  }

  @Test
  void theMapIsFreeWhenThatShardHasAnsweredForLongEnough() throws InterruptedException {
    boolean[] silent = {true};
    shards.fail(
        Kind.TIMED_OUT,
        call ->
            silent[0]
                && (!deletes.isEmpty() || call.op() == Op.DELETE)
                && call.url().equals(FakeCluster.url(0)));
    Duration[] back = new Duration[1];
    begin();
    await(() -> !deletes.isEmpty());
    cluster.at(
        Duration.ofMinutes(5),
        () -> {
          silent[0] = false;
          back[0] = cluster.world.elapsed();
        });
    Sweep failed = ended(SweepState.FAILED);
    assertTrue(failed.error().orElseThrow().contains(FakeCluster.url(0)), failed::toString);
    assertTrue(since(back[0]).compareTo(cluster.settings().dataTimeout()) >= 0);
    cluster.accept(new Command.RemoveShard(2));
  }

  @Test
  void aNewLeaderWaitsForTheRequestsOfTheOldOne() throws InterruptedException {
    cluster.term++;
    begin();
    cluster.term++;
    Duration begun = cluster.world.elapsed();
    lead();
    ended(SweepState.DONE);
    Duration first = deletes.get(0).minus(begun);
    Duration quiet = cluster.settings().takeoverQuiet();
    assertTrue(first.compareTo(quiet.plus(DRAIN)) >= 0, first::toString);
  }

  @Test
  void aNewLeaderEndsWhatIsBeingStoppedAfterTheQuiet() throws InterruptedException {
    cluster.term++;
    begin();
    cluster.accept(new CheckCommand.StopCheck(1, false));
    cluster.term++;
    Duration begun = cluster.world.elapsed();
    lead();
    ended(SweepState.STOPPED);
    assertTrue(since(begun).compareTo(cluster.settings().takeoverQuiet()) >= 0);
    assertEquals(List.of(), deletes);
  }

  @Test
  void theThirdLeaderWithoutProgressGivesItUp() throws InterruptedException {
    begin();
    for (int i = 0; i < 2; i++) {
      cluster.term++;
      cluster.accept(new CheckCommand.BeginSweep(1, cluster.term));
    }
    cluster.term++;
    lead();
    Sweep failed = ended(SweepState.FAILED);
    assertTrue(failed.error().orElseThrow().contains("without any progress"), failed::toString);
    assertEquals(STRAYS, left());
  }

  @Test
  void aPointIsDeletedOnlyWhenItIsInTheFile() throws InterruptedException {
    spills =
        (work, rows) -> {
          throw new IOException("the disk is full");
        };
    begin();
    Sweep failed = ended(SweepState.FAILED);
    assertTrue(failed.error().orElseThrow().contains("the disk is full"), failed::toString);
    assertEquals(STRAYS, left());
  }

  @Test
  void oneStoreUnderTwoNamesIsLeftAlone() throws InterruptedException {
    shards.cores.put(FakeCluster.url(1), shards.cores.get(FakeCluster.url(0)));
    begin();
    Sweep failed = ended(SweepState.FAILED);
    assertTrue(failed.error().orElseThrow().contains(FakeCluster.url(1)), failed::toString);
    assertEquals(List.of(), deletes);
    assertFalse(cluster.state().mayHaveRequestsUnderWay());
  }

  @Test
  void onlyWhereTheCheckFoundSome() throws InterruptedException {
    String later = "";
    for (int i = 0; later.isEmpty(); i++) {
      later = owner("n" + i) == 1 ? "" : "n" + i;
    }
    store(1, later, 1);
    begin();
    ended(SweepState.DONE);
    assertTrue(has(1, later), "the report says nothing of shard 1");
    assertEquals(Optional.of("docs"), sweep().upTo());
  }
}
