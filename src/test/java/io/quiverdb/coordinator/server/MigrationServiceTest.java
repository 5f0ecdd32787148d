// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.config.MigrationConfig;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.ProofClock;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.migration.MigrationExecutor;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.ShardUrlRequest;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.HttpShardClient;
import io.quiverdb.coordinator.shard.ShardProbe;
import io.quiverdb.coordinator.shard.ShardWatch;
import io.quiverdb.coordinator.thread.ManualScheduler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine runs while this member leads, in the term in which it leads, and once at a time. */
class MigrationServiceTest {
  private static final long BROKEN = 13;

  private final FakeLeadership leadership = new FakeLeadership();
  private final List<Long> terms = new CopyOnWriteArrayList<>();
  private final AtomicInteger engines = new AtomicInteger();
  private final AtomicInteger mostEngines = new AtomicInteger();
  private ClusterState state = ClusterState.INITIAL;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, Duration.ofSeconds(1), 8);
  private final MigrationSettings settings = MigrationService.settings(MigrationConfig.DEFAULT);
  private final MemoryBudget memory = MemoryBudget.ofHeap(96 << 20);
  private final List<Boolean> allFree = new CopyOnWriteArrayList<>();
  private final MigrationService service = new MigrationService(leadership, this::ports, settings);

  @AfterEach
  void end() {
    service.close();
    threads.shutdownNow();
    http.close();
    names.close();
  }

  private static final class FakeLeadership implements Leadership {
    private volatile View view = new View(Role.FOLLOWER, false, 1, Optional.empty(), -1);
    private final List<Consumer<View>> watchers = new CopyOnWriteArrayList<>();

    void become(Role role, long term) {
      view = new View(role, role == Role.LEADER, term, Optional.empty(), -1);
      watchers.forEach(watcher -> watcher.accept(view));
    }

    @Override
    public View current() {
      return view;
    }

    @Override
    public StateView.Subscription subscribe(Consumer<View> watcher) {
      watchers.add(watcher);
      return () -> watchers.remove(watcher);
    }

    @Override
    public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
      throw new UnsupportedOperationException();
    }
  }

  private MigrationPorts ports(long term) {
    terms.add(term);
    if (term == BROKEN) {
      if (terms.size() == 1) {
        throw new NoClassDefFoundError("a jar that was replaced");
      }
      throw new IllegalStateException("a fault of the program");
    }
    return new MigrationPorts(
        new IdleLog(),
        new HttpShardClient(http, Optional.empty(), Duration.ofSeconds(1), () -> 0),
        this::adopted,
        new SystemTime(Clock.systemUTC()),
        new ThreadTasks(threads),
        () -> 0,
        (id, rows) -> {},
        memory,
        MigrationRecorder.NONE);
  }

  private ShardMap adopted(String router) {
    allFree.add(memory.tryTake(Long.MAX_VALUE).isPresent());
    return ShardMap.EMPTY;
  }

  /** Nothing to do, and it shows who waits for something. */
  private final class IdleLog implements MigrationLog {
    @Override
    public ClusterState state() {
      return state;
    }

    @Override
    public Outcome submit(Command command) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void awaitChange(ClusterState seen, Duration limit) throws InterruptedException {
      mostEngines.accumulateAndGet(engines.incrementAndGet(), Math::max);
      try {
        TimeUnit.HOURS.sleep(1);
      } finally {
        engines.decrementAndGet();
      }
    }
  }

  @Test
  void runsInTheTermInWhichThisMemberLeads() {
    leadership.become(Leadership.Role.LEADER, 3);
    await().until(() -> engines.get() == 1);
    leadership.become(Leadership.Role.FOLLOWER, 4);
    await().until(() -> engines.get() == 0);
    leadership.become(Leadership.Role.LEADER, 5);
    await().until(() -> engines.get() == 1);
    leadership.become(Leadership.Role.LEADER, 6);
    await().until(() -> terms.contains(6L) && engines.get() == 1);
    assertEquals(List.of(3L, 5L, 6L), terms);
    assertEquals(1, mostEngines.get());
    service.close();
    assertEquals(0, engines.get());
  }

  @Test
  void whatBreaksAtOnceIsTriedAgainAfterAPause() {
    long begun = System.nanoTime();
    leadership.become(Leadership.Role.LEADER, BROKEN);
    await().until(() -> terms.size() >= 3);
    int tries = terms.size();
    long took = System.nanoTime() - begun;
    assertTrue(took >= Duration.ofSeconds(1).toNanos() * (tries - 1) * 9 / 10, tries + " " + took);
    leadership.become(Leadership.Role.LEADER, BROKEN + 1);
    await().until(() -> engines.get() == 1);
  }

  @Test
  void onlyALeaderLooksBeforeAMigration() throws InterruptedException {
    MigrationRequest request = MigrationRequest.grow("http://n:6333", List.of(), 0);
    // No shard is in the map, so none is asked.
    assertThrows(FencedException.class, () -> service.examine(request, true));
    leadership.become(Leadership.Role.LEADER, 3);
    assertEquals("url", service.examine(request, true).firstFailed().orElseThrow().name());
  }

  @Test
  void takesMemoryForEachLook() throws Exception {
    state = state.withRouters(List.of("http://r:6330"));
    ManualScheduler never = new ManualScheduler();
    try (BoundedHttp none = new BoundedHttp("none", Duration.ofSeconds(1), 0);
        ShardWatch watch =
            new ShardWatch(
                new ShardProbe(none, Optional.empty(), Duration.ofSeconds(1)),
                () -> ShardMap.EMPTY,
                Clock.systemUTC(),
                never)) {
      LeaderMigrationChecks checks =
          new LeaderMigrationChecks(service, watch, url -> Optional.empty(), threads);
      leadership.become(Leadership.Role.LEADER, 3);
      var unused =
          checks
              .check(new ShardUrlRequest(1, "http://n:6333", Optional.empty(), false))
              .get(10, TimeUnit.SECONDS);
    } finally {
      never.shutdownNow();
    }
    assertEquals(List.of(false), allFree);
  }

  @Test
  void nothingStartsBeforeAnEarlierLeadersRequestsAreOver() {
    MigrationPorts ports = ports(3);
    assertEquals(Duration.ZERO, new MigrationExecutor(3, ports, settings).takeoverLeft());
    MigrationPlan plan =
        new MigrationPlan(MigrationKind.GROW, 1, "http://n:6333", List.of(), false, List.of());
    PhaseEntry prepared = new PhaseEntry(Phase.PREPARED, 1, 2, "c2", 0);
    state =
        state.withMigrations(
            Migrations.EMPTY.started(Migration.prepared(1, plan, prepared, ShardMap.EMPTY, 0)));
    Duration left = new MigrationExecutor(3, ports, settings).takeoverLeft();
    Duration quiet = settings.takeoverQuiet();
    assertTrue(left.compareTo(quiet) <= 0 && left.compareTo(quiet.minusSeconds(5)) > 0, "" + left);
    assertTrue(
        quiet.compareTo(settings.mapStaleness().plus(settings.dataTimeout())) > 0,
        "longer than the lease and a request of the leader before");
  }

  @Test
  void aLeaseEndsWithTheReadThatProvesIt() {
    Duration[] age = {Duration.ofMillis(500)};
    Duration[] renewed = {Duration.ofSeconds(2)};
    Reads reads =
        new Reads() {
          @Override
          public CompletableFuture<AppliedState> linearizable() {
            age[0] = renewed[0];
            return CompletableFuture.completedFuture(new AppliedState(ClusterState.INITIAL, -1, 0));
          }

          @Override
          public Optional<Duration> staleness() {
            return Optional.ofNullable(age[0]);
          }
        };
    leadership.become(Leadership.Role.LEADER, 3);
    ProofClock clock = new ProofClock(System::nanoTime, Clock.systemUTC());
    LeaderFence fence = new LeaderFence(3, leadership, reads, Duration.ofSeconds(2), clock);
    long left = fence.sendUntilNanos() - fence.nanos();
    assertTrue(left > 0 && left <= Duration.ofMillis(1_500).toNanos(), "" + left);
    age[0] = Duration.ofSeconds(2);
    assertThrows(FencedException.class, fence::sendUntilNanos);
    age[0] = null;
    assertThrows(FencedException.class, fence::sendUntilNanos);
    renewed[0] = Duration.ofMillis(1);
    assertTrue(fence.sendUntilNanos() > fence.nanos());
    leadership.become(Leadership.Role.LEADER, 4);
    assertThrows(FencedException.class, fence::sendUntilNanos);
  }

  /**
   * A machine that slept: its monotonic clock did not see it, and the copy's batch is in memory.
   */
  @Test
  void aLeaseThatWasTakenEndsByTheWallClockToo() {
    FakeClock machine = new FakeClock();
    Reads fresh =
        new Reads() {
          @Override
          public CompletableFuture<AppliedState> linearizable() {
            throw new UnsupportedOperationException();
          }

          @Override
          public Optional<Duration> staleness() {
            return Optional.of(Duration.ZERO);
          }
        };
    leadership.become(Leadership.Role.LEADER, 3);
    LeaderFence fence =
        new LeaderFence(3, leadership, fresh, Duration.ofSeconds(2), machine.proofs());
    long until = fence.sendUntilNanos();
    assertTrue(fence.nanos() < until);
    machine.step(Duration.ofSeconds(2));
    assertTrue(fence.nanos() >= until);
  }
}
