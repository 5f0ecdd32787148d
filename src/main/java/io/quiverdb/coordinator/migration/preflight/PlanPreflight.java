// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.PlannedMap;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a plan would do, before any step of it begins. The first step is checked like a migration. A
 * later step is checked only for what does not depend on earlier steps. Its moves are estimated
 * from the points that the earlier steps leave on each shard. Changes nothing. Thread-safe.
 */
public final class PlanPreflight {
  /** Of all steps together; each step may move every collection between all shards. */
  private static final int MAX_LISTED = 4_096;

  /** Shorter than a caller waits, who then learns how far it came. */
  private static final Duration MAX_TIME = Duration.ofSeconds(20);

  private final MigrationSettings settings;
  private final Time time;
  private final Tasks tasks;
  private final Preflight preflight;
  private final ShardChecks shardChecks;
  private final TransferEstimate estimate;

  /** Uses these ports. */
  public PlanPreflight(
      MigrationSettings settings, ShardApi shards, RouterApi routers, Time time, Tasks tasks) {
    this.settings = settings;
    this.time = time;
    this.tasks = tasks;
    this.preflight = new Preflight(settings, shards, routers, time, tasks);
    this.shardChecks = new ShardChecks(shards, settings);
    this.estimate = new TransferEstimate(settings, shards, time);
  }

  /**
   * Examines all steps.
   *
   * @param pointsPerSecond how fast each may copy; 0: unlimited
   * @return one report for each step that could be examined, in their order, without a plan
   * @throws IllegalStateException if they take too long
   */
  public List<PreflightReport> examine(
      ClusterState state, List<PlanStep> steps, long pointsPerSecond) throws InterruptedException {
    long begun = time.nanos();
    int room = MAX_LISTED;
    PlannedMap planned = new PlannedMap(state.map(), state.nextId());
    TransferEstimate.Expected otherwise = TransferEstimate.Expected.UNKNOWN;
    Optional<TransferEstimate.Basis> basis = Optional.empty();
    try {
      basis = estimate.basis(state.map().shards());
      otherwise = TransferEstimate.Expected.TOO_MUCH;
    } catch (ShardException e) {
      // A check of the first step says that this shard does not answer.
    }
    List<PreflightReport> reports = new ArrayList<>();
    for (PlanStep step : steps) {
      if (time.nanos() - begun > MAX_TIME.toNanos()) {
        throw overdue(reports.size(), steps.size());
      }
      MapChange trial = planned.during(step);
      long moving = step.kind() == MigrationKind.GROW ? planned.nextId() : step.shardId();
      List<Check> checks =
          reports.isEmpty()
              ? preflight.checks(state, MigrationRequest.of(step, pointsPerSecond))
              : later(trial, state.map(), step, moving);
      Optional<ShardMap> during =
          trial instanceof Changed changed ? Optional.of(changed.map()) : Optional.empty();
      boolean refused = during.isEmpty() || planned.step(step).isPresent();
      TransferEstimate.Expected expected =
          basis.isPresent() && during.isPresent()
              ? estimate.of(
                  plan(step, moving, during.get()), during.get(), pointsPerSecond, basis.get())
              : during.isPresent() ? otherwise : TransferEstimate.Expected.UNKNOWN;
      if (expected.tooMuch()) {
        checks = new ArrayList<>(checks);
        checks.add(TransferEstimate.LEFT_OUT);
        basis = Optional.empty();
      }
      PlannedTransfers transfers = PlannedTransfers.of(expected.transfers(), room);
      room -= transfers.listed().size();
      reports.add(new PreflightReport(checks, transfers, expected.seconds(), Optional.empty()));
      if (refused) {
        return reports;
      }
      basis = basis.map(known -> known.after(expected.transfers()));
    }
    return reports;
  }

  private static IllegalStateException overdue(int examined, int all) {
    return new IllegalStateException(
        "after "
            + MAX_TIME.toSeconds()
            + " s only "
            + examined
            + " of "
            + all
            + " steps were checked; see whether a shard answers slowly, or plan fewer steps");
  }

  private MigrationPlan plan(PlanStep step, long moving, ShardMap during) {
    Shard shard = during.shard(moving).orElseThrow();
    return new MigrationPlan(
        step.kind(),
        moving,
        shard.primaryUrl(),
        shard.replicaUrls(),
        settings.adoptionAssumed(),
        List.of());
  }

  private List<Check> later(MapChange trial, ShardMap now, PlanStep step, long moving)
      throws InterruptedException {
    Checklist list = new Checklist(tasks);
    boolean grow = step.kind() == MigrationKind.GROW;
    list.check(
        grow ? "url" : "shard",
        grow ? "the URL is in no shard" : "another shard stays",
        () -> trial instanceof Refused refused ? Optional.of(refused.detail()) : Optional.empty());
    if (grow && trial instanceof Changed changed) {
      Shard joining = changed.map().shard(moving).orElseThrow();
      shardChecks.roles(list, List.of(joining));
      shardChecks.empty(list, joining.primaryUrl(), now.shards());
    }
    return list.all();
  }
}
