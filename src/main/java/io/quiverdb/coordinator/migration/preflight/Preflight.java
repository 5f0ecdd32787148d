// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.CountedShard;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The checks before a migration starts, and of a dry run. Changes neither the log nor any point.
 * Thread-safe.
 */
public final class Preflight {
  private static final String WOULD_WRITE = "not run: it would write";

  private final MigrationSettings settings;
  private final ShardApi shards;
  private final Tasks tasks;
  private final RouterChecks routerChecks;
  private final ShardChecks shardChecks;
  private final AliasProbe probe;
  private final TransferEstimate estimate;

  /**
   * What a migration would do.
   *
   * @param during the map of the migration
   */
  private record Checked(MigrationPlan plan, ShardMap during) {}

  /** Uses these ports. */
  public Preflight(
      MigrationSettings settings, ShardApi shards, RouterApi routers, Time time, Tasks tasks) {
    this.settings = settings;
    this.shards = shards;
    this.tasks = tasks;
    this.routerChecks = new RouterChecks(routers, settings.adoptionAssumed());
    this.shardChecks = new ShardChecks(shards, settings);
    this.probe = new AliasProbe(shards, time);
    this.estimate = new TransferEstimate(settings, shards, time);
  }

  /**
   * Makes every check.
   *
   * @param state the newest state; for a start, that of the leader
   * @param dryRun make no check that would write to a shard, and give no plan
   */
  public PreflightReport examine(ClusterState state, MigrationRequest request, boolean dryRun)
      throws InterruptedException {
    Checklist list = new Checklist(tasks);
    Optional<Checked> checked = checked(list, state, request, dryRun);
    if (checked.isEmpty()) {
      return new PreflightReport(
          list.all(), PlannedTransfers.NONE, OptionalLong.empty(), Optional.empty());
    }
    MigrationPlan plan = checked.get().plan();
    TransferEstimate.Expected expected =
        estimate.of(plan, checked.get().during(), request.throttlePointsPerSecond());
    if (expected.tooMuch()) {
      list.notRun(TransferEstimate.LEFT_OUT.name(), TransferEstimate.LEFT_OUT.detail());
    }
    return new PreflightReport(
        list.all(),
        PlannedTransfers.of(expected.transfers(), Integer.MAX_VALUE),
        expected.seconds(),
        dryRun || list.anyFailed() ? Optional.empty() : Optional.of(plan));
  }

  /** The checks of a dry run, without an estimate. */
  List<Check> checks(ClusterState state, MigrationRequest request) throws InterruptedException {
    Checklist list = new Checklist(tasks);
    var unused = checked(list, state, request, true);
    return list.all();
  }

  /** Makes every check; returns what a migration would do, if there can be one. */
  private Optional<Checked> checked(
      Checklist list, ClusterState state, MigrationRequest request, boolean dryRun)
      throws InterruptedException {
    list.check("no_migration", "no migration is active", () -> active(state));
    boolean grow = request.kind() == MigrationKind.GROW;
    long movingId = grow ? state.nextId() : request.shardId();
    Optional<ShardMap> during = withoutShards(list, state, request, movingId);
    if (during.isEmpty()) {
      return Optional.empty();
    }
    withShards(list, during.get(), movingId, grow, dryRun);
    return Optional.of(
        new Checked(counted(list, during.get(), movingId, request.kind()), during.get()));
  }

  /**
   * Repeats every check of a migration that an earlier leader has planned.
   *
   * @param state with that migration active, and nothing published
   * @return the first one that fails; empty: all is well
   */
  public Optional<Check> again(ClusterState state, MigrationPlan plan) throws InterruptedException {
    boolean grow = plan.grows();
    MigrationRequest request =
        grow
            ? MigrationRequest.grow(plan.url(), plan.replicaUrls(), 0)
            : MigrationRequest.drain(plan.shardId(), 0);
    Checklist list = new Checklist(tasks);
    Optional<ShardMap> during = withoutShards(list, state, request, plan.shardId());
    if (during.isPresent()) {
      withShards(list, during.get(), plan.shardId(), grow, false);
    }
    return list.all().stream().filter(Check::failed).findFirst();
  }

  /** Checks map and routers; returns the map of the migration, if there can be one. */
  private Optional<ShardMap> withoutShards(
      Checklist list, ClusterState state, MigrationRequest request, long movingId)
      throws InterruptedException {
    boolean grow = request.kind() == MigrationKind.GROW;
    list.check("membership", "no shard joins or leaves by hand", () -> manual(state, request));
    MapChange trial =
        grow
            ? state.map().addJoining(movingId, request.url(), request.replicaUrls())
            : state.map().leaveFromFront(movingId);
    list.check(
        grow ? "url" : "shard",
        grow ? "the URL is in no shard" : "another shard stays",
        () -> obstacle(state.map(), trial));
    routerChecks.make(list, state, request.kind());
    return trial instanceof MapChange.Changed changed && !state.map().shards().isEmpty()
        ? Optional.of(changed.map())
        : Optional.empty();
  }

  private static Optional<String> obstacle(ShardMap map, MapChange trial) {
    if (map.shards().isEmpty()) {
      return Optional.of("the map has no shard that points could come from; add this one instead");
    }
    return trial instanceof Refused refused ? Optional.of(refused.detail()) : Optional.empty();
  }

  /** What is in the way while a migration is active. */
  static Optional<String> active(ClusterState state) {
    return state
        .migrations()
        .active()
        .map(
            migration ->
                "migration "
                    + Long.toUnsignedString(migration.id())
                    + " is active in phase "
                    + migration.phase()
                    + "; wait for its end"
                    + (migration.reversible() ? ", or cancel it" : ""));
  }

  /** A drain takes over the one shard that is leaving without a migration. */
  private static Optional<String> manual(ClusterState state, MigrationRequest request) {
    List<Long> others = new ArrayList<>(state.map().joining());
    others.addAll(state.map().leaving());
    if (request.kind() == MigrationKind.DRAIN) {
      others.remove((Long) request.shardId());
    }
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "shard "
                + Long.toUnsignedString(others.get(0))
                + " joins or leaves without a migration; promote or remove it, or drain it, first");
  }

  private void withShards(
      Checklist list, ShardMap during, long movingId, boolean grow, boolean dryRun)
      throws InterruptedException {
    Shard moving = during.shard(movingId).orElseThrow();
    List<Shard> others = during.shards().stream().filter(shard -> shard.id() != movingId).toList();
    List<Shard> donors = grow ? others : List.of(moving);
    shardChecks.roles(list, during.shards());
    shardChecks.collections(list, grow ? others : during.shards(), donors);
    shardChecks.probeNames(list, during.shards());
    if (grow) {
      shardChecks.empty(list, moving.primaryUrl(), others);
    }
    writing(list, during, moving, others, grow, dryRun);
  }

  private MigrationPlan counted(Checklist list, ShardMap during, long movingId, MigrationKind kind)
      throws InterruptedException {
    boolean grow = kind == MigrationKind.GROW;
    Shard moving = during.shard(movingId).orElseThrow();
    List<Shard> donors =
        grow
            ? during.shards().stream().filter(shard -> shard.id() != movingId).toList()
            : List.of(moving);
    List<CountedShard> counted = new ArrayList<>();
    List<String> before = new ArrayList<>();
    list.check(
        "counted",
        "the plan notes what is there before the migration",
        () -> uncounted(donors, counted, grow ? Optional.of(moving) : Optional.empty(), before));
    return new MigrationPlan(
        kind,
        movingId,
        moving.primaryUrl(),
        moving.replicaUrls(),
        settings.adoptionAssumed(),
        before,
        counted);
  }

  /** Checks that write to a shard come last, and only if all others have passed. */
  private void writing(
      Checklist list, ShardMap during, Shard moving, List<Shard> others, boolean grow, boolean dry)
      throws InterruptedException {
    boolean skip = dry || list.anyFailed();
    String why = dry ? WOULD_WRITE : "not run: correct the failed checks first";
    if (skip) {
      list.notRun("shard_key", why);
    } else {
      shardChecks.keys(list, during.shards(), probe.freshName("unused"));
    }
    if (skip || list.anyFailed()) {
      list.notRun("target_alone", why);
    } else {
      Shard probed = grow ? moving : new Shard(moving.id(), moving.primaryUrl(), List.of());
      String where = grow ? "its replicas and nowhere else" : "no other shard";
      list.check(
          "target_alone",
          "what is made on " + moving.primaryUrl() + " shows on " + where,
          () -> probe.problem(probed, others));
    }
  }

  /**
   * Without these counts, a donor that comes back empty would look as if it had been empty before.
   */
  private Optional<String> uncounted(
      List<Shard> donors, List<CountedShard> counted, Optional<Shard> joining, List<String> before)
      throws InterruptedException {
    try {
      for (Shard shard : donors) {
        long points =
            AliasProbe.usersCollections(shards, shard.primaryUrl()).values().stream()
                .mapToLong(ShardCollection::count)
                .sum();
        counted.add(new CountedShard(shard.id(), points));
      }
      if (joining.isPresent()) {
        before.addAll(AliasProbe.usersCollections(shards, joining.get().primaryUrl()).keySet());
      }
      return Optional.empty();
    } catch (ShardException e) {
      return Optional.of("its collections could not be listed, try again: " + e.getMessage());
    }
  }
}
