// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Unsigned;
import java.io.IOException;
import java.util.List;

/**
 * Writes a donor's points to the spill file before they are deleted, and holds the migration while
 * the file cannot be written.
 */
final class SpillWriter {
  private final MigrationContext context;
  private final Shard donor;

  SpillWriter(MigrationContext context, Shard donor) {
    this.context = context;
    this.donor = donor;
  }

  /** Returns when the points are in the file. */
  void keep(String collection, List<Comparison> points) throws InterruptedException {
    List<Spilled> rows =
        points.stream()
            .map(one -> new Spilled(collection, donor.primaryUrl(), one.row(), one.isAbsent()))
            .toList();
    boolean kept = rows.isEmpty();
    while (!kept) {
      context.control().check();
      try {
        context.spills().keep("migration-" + Unsigned.text(context.migration().id()), rows);
        context.control().recorder().spilled(rows.size());
        kept = true;
      } catch (IOException e) {
        context.control().hold("spill", "the spill file cannot be written: " + e.getMessage());
      }
    }
  }
}
