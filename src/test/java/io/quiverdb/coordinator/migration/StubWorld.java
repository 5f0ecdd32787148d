package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.migration.Spills.Spilled;
import io.quiverdb.coordinator.model.CountedShard;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.MovePlan;
import io.quiverdb.coordinator.model.MoveProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
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
final class StubWorld {
  static final String DOCS = "docs";
  static final long JOINING = 99;
  static final long LEAVING = 2;

  final StubTime time = new StubTime();
  final StubShards shards = new StubShards(time);
  final List<Spilled> spilled = new ArrayList<>();
  final List<String> quiets = new ArrayList<>();
  final ShardMap during;
  final StubControl control;
  final MoveSettings settings;
  private final List<ShardCollection> collections;
  private final Map<String, Long> busy = new TreeMap<>();
  final Pacer pacer;
  private final AbsentCount absent;
  Tasks tasks = StubTasks.prompt();
  final PageSizes pageSizes = new PageSizes();
  final LateEffects late = new LateEffects();
  Optional<IOException> spillFailure = Optional.empty();

  private StubWorld(
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
    MovePlan plan = new MovePlan(kind, id, url(id), replicas, false, List.of());
    this.control =
        new StubControl(time, migration(plan, Phase.COPYING, MoveProgress.NONE, 0), during);
    this.settings = settings(20, 5);
    this.collections = core(0).collections().stream().map(StubShards::listed).toList();
    this.pacer = new Pacer(settings.paceTarget());
    this.absent = new AbsentCount(control, settings.spillThreshold());
  }

  static StubWorld grow() {
    return grow(IndexKind.HNSW, Limits.DEFAULT);
  }

  static StubWorld grow(Limits limits) {
    return grow(IndexKind.HNSW, limits);
  }

  static StubWorld grow(IndexKind index, Limits limits, String... replicas) {
    return new StubWorld(MigrationKind.GROW, 3, index, limits, List.of(replicas));
  }

  /** With more shards than are merged at once. */
  static StubWorld many(MigrationKind kind) {
    return new StubWorld(kind, 11, IndexKind.HNSW, pages(50), List.of());
  }

  static StubWorld drain() {
    return drain(Limits.DEFAULT);
  }

  static StubWorld drain(Limits limits) {
    return new StubWorld(MigrationKind.DRAIN, 3, IndexKind.HNSW, limits, List.of());
  }

  /** Limits with small pages. */
  static Limits pages(int rows) {
    return new Limits(1_000, 50_000, rows, 10_000, 32 << 20, 64 << 10, 8_192);
  }

  /** One pass of the drop; the passes over this world are of one move. */
  boolean dropPass() throws StepFailed, CollectionChanged, InterruptedException {
    Move move = move();
    return new Drop(move, calls(move), absent).pass(collections());
  }

  static MoveSettings settings(int roundLimit, int spillThreshold) {
    return settings(roundLimit, spillThreshold, Duration.ofSeconds(10), 8 << 20);
  }

  static MoveSettings settings(
      int roundLimit, int spillThreshold, Duration dataTimeout, int batchBytes) {
    Duration ten = Duration.ofSeconds(10);
    return new MoveSettings(
        false,
        ten,
        dataTimeout,
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        ten,
        Duration.ofMillis(25),
        ten,
        Duration.ofSeconds(60),
        roundLimit,
        spillThreshold,
        batchBytes,
        Duration.ofMinutes(10),
        Optional.empty());
  }

  private static Migration migration(
      MovePlan plan, Phase phase, MoveProgress progress, long retries) {
    return new Migration(
        1,
        plan,
        phase,
        MigrationState.RUNNING,
        List.of(new PhaseEntry(phase, 10, 3, "c1", 0)),
        0,
        5,
        OptionalLong.of(6),
        OptionalLong.empty(),
        2,
        progress,
        Optional.empty(),
        0,
        Optional.empty(),
        retries,
        false,
        List.of(),
        List.of(),
        0,
        OptionalLong.empty());
  }

  /** The operator says {@code retry}. */
  void retry() {
    control.migration = control.migration.retryingNow();
  }

  /** The log remembers these parts. */
  void logged(List<MovePart> parts) {
    Migration now = control.migration;
    control.migration =
        migration(
            now.plan(),
            now.phase(),
            MoveProgress.NONE.after(new MoveProgress(0, 0, 0, 0, 1, parts)),
            now.retries());
  }

  /** The operator says that this shard is not to be waited for, or that copies stay. */
  void change(List<Long> skipped, boolean keepCopies) {
    Migration m = control.migration;
    for (long id : skipped) {
      m = m.skipping(id, List.of());
    }
    control.migration = keepCopies ? m.keepingCopies(List.of()) : m;
  }

  /** As many points are in the plan as there are now, and as many copies in the progress. */
  void counted() {
    Migration now = control.migration;
    MovePlan plan = now.plan();
    List<CountedShard> counted = new ArrayList<>();
    during.shards().forEach(s -> counted.add(new CountedShard(s.id(), held(s.id()).size())));
    control.migration =
        migration(
            new MovePlan(
                plan.kind(),
                plan.shardId(),
                plan.url(),
                plan.replicaUrls(),
                false,
                plan.collectionsBefore(),
                counted),
            now.phase(),
            MoveProgress.NONE.after(new MoveProgress(0, 0, 0, 0, 1, List.copyOf(control.moved))),
            now.retries());
  }

  /** The map of after the flip, or after a cancel. */
  void publish(List<Long> without) {
    control.map =
        new ShardMap(
            7,
            control.map.shards().stream().filter(s -> !without.contains(s.id())).toList(),
            List.of(),
            List.of());
  }

  static Shard shard(long id) {
    return new Shard(id, url(id), List.of());
  }

  static String url(long id) {
    return "http://s" + id;
  }

  Move move() {
    return move(settings);
  }

  Move move(MoveSettings with) {
    RouterApi none =
        url -> {
          throw new UnsupportedOperationException();
        };
    return new Move(
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

  private void keep(long migrationId, List<Spilled> rows) throws IOException {
    if (spillFailure.isPresent()) {
      throw spillFailure.get();
    }
    spilled.addAll(rows);
  }

  /** What all shards had at the beginning. */
  List<ShardCollection> collections() {
    return collections;
  }

  DataCalls calls(Move move) {
    return new DataCalls(move, pacer, pageSizes, late);
  }

  /** The points that move, by the id of the shard that holds the truth before the flip. */
  Map<String, String> truth() {
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

  /** What is on a shard of the points that move there. */
  Map<String, String> copies(long target) {
    Map<String, String> copies = held(target);
    copies.keySet().removeIf(id -> donor(id).isEmpty() || owner(id) != target);
    return copies;
  }

  /** All copies of points that move, wherever they should be after the flip. */
  Map<String, String> copies() {
    Map<String, String> copies = new TreeMap<>();
    during.shards().forEach(shard -> copies.putAll(copies(shard.id())));
    return copies;
  }

  /** An id that moves from one shard to another; the n-th of them. */
  String moving(long from, long to, int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "m" + i;
      if (donor(id).equals(OptionalLong.of(from)) && owner(id) == to && left-- == 0) {
        return id;
      }
    }
  }

  /** An id that stays on a shard. */
  String staying(long on, int n) {
    int left = n;
    for (int i = 0; true; i++) {
      String id = "s" + i;
      if (donor(id).isEmpty() && owner(id) == on && left-- == 0) {
        return id;
      }
    }
  }

  ShardCore core(long id) {
    return shards.cores.get(url(id));
  }

  /** What a shard holds. */
  Map<String, String> held(long id) {
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
  void store(long shard, String id, Object payload) {
    core(shard).upsert(DOCS, List.of(point(id, payload)), false);
  }

  void erase(long shard, String id) {
    core(shard).delete(DOCS, List.of(id));
  }

  static Point point(String id, Object payload) {
    return new Point(id, FloatVector.of(id.hashCode() % 1000, id.length()), payload.toString());
  }

  /** A client's write through a router that knows the map of the move: owner first, then donor. */
  void put(String id, Object payload) {
    store(owner(id), id, payload);
    donor(id).ifPresent(donor -> store(donor, id, payload));
  }

  /** A client's delete likewise. */
  void delete(String id) {
    erase(owner(id), id);
    donor(id).ifPresent(donor -> erase(donor, id));
  }

  /** When the last client's write of this id has reached both of its shards. */
  long busyUntil(String id) {
    return busy.getOrDefault(id, 0L);
  }

  /** A client's write that reaches the owner now, and the donor later. */
  void writeSlowly(String id, boolean delete, Object payload, Duration between) {
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

  /** Fills the shards as before the move. */
  void seed(int points) {
    for (int i = 0; i < points; i++) {
      seed(key(i), i);
    }
  }

  void seed(String id, Object payload) {
    store(donor(id).orElseGet(() -> owner(id)), id, payload);
  }

  static String key(int i) {
    return String.format("k%05d", i);
  }

  long owner(String id) {
    return RendezvousHash.owner(during, id).orElseThrow();
  }

  OptionalLong donor(String id) {
    return RendezvousHash.donor(during, id);
  }
}
