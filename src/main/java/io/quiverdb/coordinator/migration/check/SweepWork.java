// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.points.SpillWriter;
import io.quiverdb.coordinator.migration.points.StraySweep;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes strays collection by collection, in the order of the names, where the check has found
 * some. Called only while no router writes to a shard that does not own a point. Not thread-safe.
 */
final class SweepWork implements StraySweep.Results {
  /** The limit of restarts of a collection that a client keeps recreating. */
  private static final int MAX_ATTEMPTS = 3;

  private final MigrationPorts ports;
  private final SweepControl control;
  private final SweepProgress progress;
  private final SpillWriter spill;
  private final ShardMap map;
  private final List<Shard> shards;
  private final SweepScope scope;
  private final StraySweep strays;

  SweepWork(
      MigrationPorts ports,
      SweepContext context,
      DataCheck check,
      SweepProgress progress,
      UnknownOutcomes late) {
    this.ports = ports;
    this.control = context.control();
    this.progress = progress;
    this.spill = new SpillWriter(control, ports.spills(), "sweep-" + Unsigned.text(check.id()));
    this.map = control.map();
    this.scope = SweepScope.of(check.report());
    this.shards = map.shards().stream().filter(scope::includes).toList();
    this.strays =
        new StraySweep(
            new CallContext(ports.shards(), ports.time(), control, context.settings().batchBytes()),
            map,
            check.sweep().orElseThrow(),
            context.settings().paceTarget(),
            late,
            this);
  }

  /** Fails if a shard is another one of the map under a second name: all its points seem strays. */
  void checkNames() throws StepException, InterruptedException {
    for (Shard shard : shards) {
      List<Shard> others = map.shards().stream().filter(other -> other.id() != shard.id()).toList();
      Optional<String> problem = problem(shard, others);
      if (problem.isPresent()) {
        throw new StepFailed(problem.get(), List.of(shard.primaryUrl()));
      }
    }
  }

  private Optional<String> problem(Shard shard, List<Shard> others) throws InterruptedException {
    Shard alone = new Shard(shard.id(), shard.primaryUrl(), List.of());
    while (true) {
      control.check();
      try {
        Optional<String> problem =
            new AliasProbe(ports.shards(), ports.time()).problem(alone, others);
        control.goingOn();
        return problem;
      } catch (ShardException e) {
        control.hold("shard", String.valueOf(e.getMessage()), List.of(e.url()));
      }
    }
  }

  /** Removes what is left of the strays. */
  void run() throws StepException, InterruptedException {
    CollectionParts parts =
        new CollectionParts(
            new ShardMap(map.version(), shards, List.of(), List.of()), strays::collections);
    Optional<String> through = progress.upTo();
    CollectionParts.Part part;
    do {
      part = parts.after(through);
      for (var one : part.byName().entrySet()) {
        through = Optional.of(one.getKey());
        if (one.getKey().length() <= CheckReport.MAX_NAME) {
          sweep(one.getKey(), one.getValue());
          progress.through(one.getKey());
        }
      }
    } while (!part.last());
  }

  private void sweep(String name, Map<Shard, ShardCollection> holders)
      throws StepException, InterruptedException {
    for (Map.Entry<Shard, ShardCollection> holder : holders.entrySet()) {
      if (scope.includes(holder.getKey(), name)) {
        sweep(holder.getKey(), holder.getValue());
      }
    }
  }

  private void sweep(Shard shard, ShardCollection collection)
      throws StepException, InterruptedException {
    Optional<ShardCollection> now = Optional.of(collection);
    for (int attempt = 1; now.filter(one -> !one.multivector()).isPresent(); attempt++) {
      try {
        strays.sweep(shard, now.get());
        return;
      } catch (CollectionChanged e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        now =
            strays.collections(shard).stream()
                .filter(one -> one.name().equals(collection.name()))
                .findFirst();
      }
    }
  }

  @Override
  public void keep(List<Spilled> rows) throws InterruptedException {
    if (!rows.isEmpty()) {
      spill.keep(rows);
      control.goingOn();
    }
  }

  @Override
  public void removed(String collection, Shard shard, StrayCounts counts) {
    progress.removed(collection, shard.id(), counts);
  }
}
