// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StubStepControl;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.CountedShard;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Shards 0 to 2 and, in a grow, shard 99 that joins; in a drain shard 2 leaves. One collection.
 * Everything happens in virtual time, one thing after another.
 */
public final class FakeWorld {
  public static final String DOCS = "docs";
  public static final long JOINING = 99;
  public static final long LEAVING = 2;

  public final FakeTime time = new FakeTime();
  public final FakeShards shards = new FakeShards(time);
  public final List<Spilled> spilled = new ArrayList<>();
  public final List<String> quiets = new ArrayList<>();
  public final ShardMap during;
  public final StubStepControl control;
  public final MigrationSettings settings;
  private final List<ShardCollection> collections;
  private final Map<String, Long> busy = new TreeMap<>();
  public final Pacer pacer;
  private final AbsentCounter absent;
  public Tasks tasks = FakeTasks.prompt();
  public final PageSizes pageSizes = new PageSizes();
  public final UnknownOutcomes late = new UnknownOutcomes();
  public Optional<IOException> spillFailure = Optional.empty();

  private FakeWorld(
      MigrationKind kind, int serving, IndexKind index, Limits limits, List<String> replicas) {
    List<Shard> all = new ArrayList<>();
    for (int id = 0; id < serving; id++) {
      all.add(shard(id));
    }
    if (kind == MigrationKind.GROW) {
      all.add(new Shard(JOINING, url(JOINING), replicas));
    }
    for (Shard shard : all) {
      ShardCore core = new ShardCore(QuiverVersion.V1_1_0, limits, Duration.ZERO, time::nanos);
      core.create(CollectionSchema.of(DOCS, 2, Metric.L2, index));
      shards.cores.put(shard.primaryUrl(), core);
    }
    shards.fetchLimit = limits.fetch();
    this.during =
        kind == MigrationKind.GROW
            ? new ShardMap(6, all, List.of(JOINING), List.of())
            : new ShardMap(6, all, List.of(), List.of(LEAVING));
    long id = kind == MigrationKind.GROW ? JOINING : LEAVING;
    MigrationPlan plan = new MigrationPlan(kind, id, url(id), replicas, false, List.of());
    this.control =
        new StubStepControl(
            time,
            SampleMigrations.migration(plan, Phase.COPYING, MigrationProgress.NONE, 0),
            during);
    this.settings = SampleMigrations.settings(20, 5);
    this.collections = core(0).collections().stream().map(FakeShards::listed).toList();
    this.pacer = new Pacer(settings.paceTarget());
    this.absent = new AbsentCounter(control, settings.spillThreshold());
  }

  public static FakeWorld grow() {
    return grow(IndexKind.HNSW, Limits.DEFAULT);
  }

  public static FakeWorld grow(Limits limits) {
    return grow(IndexKind.HNSW, limits);
  }

  public static FakeWorld grow(IndexKind index, Limits limits, String... replicas) {
    return new FakeWorld(MigrationKind.GROW, 3, index, limits, List.of(replicas));
  }

  /** With more shards than are merged at once. */
  public static FakeWorld many(MigrationKind kind) {
    return new FakeWorld(kind, 11, IndexKind.HNSW, pages(50), List.of());
  }

  public static FakeWorld drain() {
    return drain(Limits.DEFAULT);
  }

  public static FakeWorld drain(Limits limits) {
    return new FakeWorld(MigrationKind.DRAIN, 3, IndexKind.HNSW, limits, List.of());
  }

  /** Limits with small pages. */
  public static Limits pages(int rows) {
    return new Limits(1_000, 50_000, rows, 10_000, 32 << 20, 64 << 10, 8_192);
  }

  /** One pass of the drop; the passes over this world are of one migration. */
  public boolean dropPass() throws StepException, InterruptedException {
    MigrationContext context = migration();
    return new Drop(context, calls(context), absent).pass(collections());
  }

  /** The operator says {@code retry}. */
  public void retry() {
    control.migration = control.migration.retryingNow();
  }

  /** The log remembers these parts. */
  public void logged(List<MigrationPart> parts) {
    Migration now = control.migration;
    control.migration =
        SampleMigrations.migration(
            now.plan(),
            now.phase(),
            MigrationProgress.NONE.after(new MigrationProgress(0, 0, 0, 0, 1, parts)),
            now.retries());
  }

  /** The operator says that this shard is not to be waited for, or that copies stay. */
  public void change(List<Long> skipped, boolean keepCopies) {
    Migration m = control.migration;
    for (long id : skipped) {
      m = m.skipping(id, List.of());
    }
    control.migration = keepCopies ? m.keepingCopies(List.of()) : m;
  }

  /** As many points are in the plan as there are now, and as many copies in the progress. */
  public void counted() {
    Migration now = control.migration;
    MigrationPlan plan = now.plan();
    List<CountedShard> counted = new ArrayList<>();
    during.shards().forEach(s -> counted.add(new CountedShard(s.id(), held(s.id()).size())));
    control.migration =
        SampleMigrations.migration(
            new MigrationPlan(
                plan.kind(),
                plan.shardId(),
                plan.url(),
                plan.replicaUrls(),
                false,
                plan.collectionsBefore(),
                counted),
            now.phase(),
            MigrationProgress.NONE.after(
                new MigrationProgress(0, 0, 0, 0, 1, List.copyOf(control.moved))),
            now.retries());
  }

  /** The map of after the flip, or after a cancel. */
  public void publish(List<Long> without) {
    control.map =
        new ShardMap(
            7,
            control.map.shards().stream().filter(s -> !without.contains(s.id())).toList(),
            List.of(),
            List.of());
  }

  public static Shard shard(long id) {
    return new Shard(id, url(id), List.of());
  }

  public static String url(long id) {
    return "http://s" + id;
  }

  public MigrationContext migration() {
    return context(settings);
  }

  public MigrationContext context(MigrationSettings with) {
    RouterApi none =
        url -> {
          throw new UnsupportedOperationException();
        };
    return new MigrationContext(
        with,
        shards,
        none,
        time,
        tasks,
        () -> Long.MAX_VALUE,
        control,
        this::quiet,
        this::keep,
        MemoryBudget.ofHeap(96 << 20));
  }

  private void quiet(Duration duration, String what) {
    quiets.add(what);
    time.sleep(duration);
  }

  private void keep(String work, List<Spilled> rows) throws IOException {
    if (spillFailure.isPresent()) {
      throw spillFailure.get();
    }
    spilled.addAll(rows);
  }

  /** What all shards had at the beginning. */
  public List<ShardCollection> collections() {
    return collections;
  }

  public DataCalls calls(MigrationContext context) {
    return new DataCalls(context.calls(), pacer, pageSizes, late);
  }

  /** The points that move, by the id of the shard that holds the truth before the flip. */
  public Map<String, String> truth() {
    Map<String, String> truth = new TreeMap<>();
    for (Shard shard : during.shards()) {
      held(shard.id())
          .forEach(
              (id, payload) -> {
                if (donor(id).equals(OptionalLong.of(shard.id()))) {
                  truth.put(id, payload);
                }
              });
    }
    return truth;
  }

  /** The points on a shard that move there. */
  public Map<String, String> copies(long target) {
    Map<String, String> copies = held(target);
    copies.keySet().removeIf(id -> donor(id).isEmpty() || owner(id) != target);
    return copies;
  }

  /** All copies of points that move, wherever they should be after the flip. */
  public Map<String, String> copies() {
    Map<String, String> copies = new TreeMap<>();
    during.shards().forEach(shard -> copies.putAll(copies(shard.id())));
    return copies;
  }

  /** An id that moves from one shard to another; the n-th of them. */
  public String moving(long from, long to, int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "m" + i;
      if (donor(id).equals(OptionalLong.of(from)) && owner(id) == to && left-- == 0) {
        return id;
      }
    }
  }

  /** An id that stays on a shard. */
  public String staying(long on, int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "s" + i;
      if (donor(id).isEmpty() && owner(id) == on && left-- == 0) {
        return id;
      }
    }
  }

  public ShardCore core(long id) {
    return shards.cores.get(url(id));
  }

  /** The points of a shard. */
  public Map<String, String> held(long id) {
    Map<String, String> held = new TreeMap<>();
    if (core(id).collections().isEmpty()) {
      return held;
    }
    int limit = core(id).limits().fetch();
    List<Point> page;
    do {
      page = core(id).fetch(DOCS, held.size(), limit);
      page.forEach(point -> held.put(point.id(), point.payload()));
    } while (!page.isEmpty());
    return held;
  }

  /** Writes to one shard, past all routers. */
  public void store(long shard, String id, Object payload) {
    core(shard).upsert(DOCS, List.of(point(id, payload)), false);
  }

  public void erase(long shard, String id) {
    core(shard).delete(DOCS, List.of(id));
  }

  public static Point point(String id, Object payload) {
    return new Point(id, FloatVector.of(id.hashCode() % 1000, id.length()), payload.toString());
  }

  /**
   * A client's write through a router that knows the map of the migration: owner first, then donor.
   */
  public void put(String id, Object payload) {
    store(owner(id), id, payload);
    donor(id).ifPresent(donor -> store(donor, id, payload));
  }

  /** A client's delete, like its write. */
  public void delete(String id) {
    erase(owner(id), id);
    donor(id).ifPresent(donor -> erase(donor, id));
  }

  /** When the last client's write of this id has reached both of its shards. */
  public long busyUntil(String id) {
    return busy.getOrDefault(id, 0L);
  }

  /** A client's write that reaches the owner now, and the donor later. */
  public void writeSlowly(String id, boolean delete, Object payload, Duration between) {
    busy.put(id, time.nanos() + between.toNanos());
    write(owner(id), id, delete, payload);
    donor(id).ifPresent(d -> time.in(between, () -> write(d, id, delete, payload)));
  }

  private void write(long shard, String id, boolean delete, Object payload) {
    if (delete) {
      erase(shard, id);
    } else {
      store(shard, id, payload);
    }
  }

  /** Fills the shards as before the migration. */
  public void seed(int points) {
    for (int i = 0; i < points; i++) {
      seed(key(i), i);
    }
  }

  public void seed(String id, Object payload) {
    store(donor(id).orElseGet(() -> owner(id)), id, payload);
  }

  public static String key(int i) {
    return String.format("k%05d", i);
  }

  public long owner(String id) {
    return RendezvousHash.owner(during, id).orElseThrow();
  }

  public OptionalLong donor(String id) {
    return RendezvousHash.donor(during, id);
  }
}
