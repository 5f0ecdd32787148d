// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.SweepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** An operator who verifies the data whenever no migration is active. */
final class Verifier {
  private static final long SECOND = 1_000_000_000;
  private static final long PATIENCE = 600 * SECOND;

  private final World world;
  private final Operators operators;
  private final Sim sim;
  private final Map<Long, DataCheck> ended = new TreeMap<>();
  private boolean stopped;

  Verifier(World world, Operators operators) {
    this.world = world;
    this.operators = operators;
    this.sim = world.sim;
  }

  void run() throws InterruptedException {
    while (!stopped) {
      look();
      sim.sleep(world.chance.between(SECOND / 10, 3 * SECOND));
    }
  }

  /** Waits for a report that begins from here on. */
  void oneMore() throws InterruptedException {
    long from = world.cluster.newest().checks().nextId();
    long deadline = sim.now() + PATIENCE;
    while (ended.values().stream().noneMatch(check -> check.id() >= from && isEnough(check))) {
      if (sim.now() > deadline) {
        throw new AssertionError("no check ends: " + world.cluster.newest().checks());
      }
      sim.sleep(SECOND / 2);
    }
    stopped = true;
  }

  /** Where strays are removed, the last report finds none. */
  private boolean isEnough(DataCheck check) {
    return isDone(check) && !(world.setup.sweeping && check.report().strays().total() > 0);
  }

  private static boolean isDone(DataCheck check) {
    return check.state() == CheckState.DONE;
  }

  private void look() throws InterruptedException {
    ClusterState now = world.cluster.newest();
    if (now.format() < 2) {
      operators.awaitLogged(new Command.RaiseFormat(2, world.cluster.term()));
      return;
    }
    for (DataCheck check : now.checks().all()) {
      if (!check.isRunning() && ended.put(check.id(), check) == null) {
        sim.trace("operator", "has the report", check);
        judge(check);
      }
    }
    if (now.migrations().active().isPresent()
        || now.checks().running().isPresent()
        || now.checks().sweeping().isPresent()) {
      return;
    }
    Optional<DataCheck> found =
        now.checks().all().stream()
            .filter(check -> isDone(check) && check.report().strays().total() > 0)
            .reduce((earlier, later) -> later);
    if (world.setup.sweeping
        && found.isPresent()
        && found.get().id() + 1 == now.checks().nextId()
        && found.get().sweep().filter(sweep -> sweep.state() == SweepState.DONE).isEmpty()
        && world.chance.percent(80)) {
      operators.awaitLogged(new CheckCommand.StartSweep(found.get().id(), 1_000, 0, false));
    } else {
      operators.awaitLogged(new CheckCommand.StartCheck(CheckKind.VERIFY, 0));
    }
  }

  /** The reports that are whole. */
  List<DataCheck> done() {
    return ended.values().stream().filter(Verifier::isDone).toList();
  }

  private void judge(DataCheck check) {
    TreeSet<String> seen = new TreeSet<>();
    for (CheckedShard row : check.report().rows()) {
      if (!seen.add(row.collection() + " " + row.shardId())) {
        throw new AssertionError("counted twice: " + row + " in " + check);
      }
      if (row.points() != row.owned() + row.strays().total()) {
        throw new AssertionError("the numbers do not fit: " + row);
      }
      if (row.hasStrays() && !isExcused(row)) {
        throw new AssertionError("a false alarm: " + row + " in " + check);
      }
    }
  }

  private boolean isExcused(CheckedShard row) {
    Optional<String> url = world.cluster.newest().map().shard(row.shardId()).map(Shard::primaryUrl);
    if (url.isEmpty() || world.leftDirty(url.get()) || !world.strays.isEmpty()) {
      return true;
    }
    return world
        .orphan
        .filter(
            orphan ->
                orphan.url().equals(url.get())
                    && row.samples().equals(List.of(orphan.point().id())))
        .isPresent();
  }
}
