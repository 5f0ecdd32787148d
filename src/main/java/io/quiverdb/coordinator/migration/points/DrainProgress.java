// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.StepControl;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Shard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The progress of a drain's first round in one collection. Not thread-safe. */
final class DrainProgress implements RepairWriter.Listener {
  private final StepControl control;
  private final Map<Long, MigrationPart> parts = new LinkedHashMap<>();
  private boolean through = true;

  private DrainProgress(StepControl control) {
    this.control = control;
  }

  /** Starts from zero for parts that are not logged as done. */
  static DrainProgress of(
      MigrationContext context,
      PartStart held,
      PointSlice slice,
      String collection,
      List<Shard> otherShards)
      throws StepException, InterruptedException {
    DrainProgress tally = new DrainProgress(context.control());
    for (Shard counterpart : otherShards) {
      tally.parts.put(counterpart.id(), held.fresh(slice, collection, counterpart));
      tally.through &= held.resumed(slice, collection, counterpart).done();
    }
    return tally;
  }

  /** Whether all parts are logged as done. */
  boolean isDone() {
    return through;
  }

  @Override
  public void repairing(Shard target, String id) {
    // All copies of the first round are compared again anyway.
  }

  @Override
  public void inPlace(Shard target, int points, long bytes) {
    parts.computeIfPresent(
        target.id(),
        (id, part) -> {
          long done = part.pointsDone() + points;
          return with(part, Math.max(done, part.pointsTotal()), done, false);
        });
    MigrationPart part = parts.get(target.id());
    if (part != null) {
      control.moved(part, bytes);
    }
  }

  /** Marks all parts as done. */
  void done() {
    parts.replaceAll((id, part) -> with(part, part.pointsDone(), part.pointsDone(), true));
    parts.values().forEach(part -> control.moved(part, 0));
  }

  private static MigrationPart with(MigrationPart part, long total, long done, boolean through) {
    return new MigrationPart(
        part.collection(),
        part.from(),
        part.to(),
        total,
        done,
        part.offset(),
        part.lastId(),
        through);
  }
}
