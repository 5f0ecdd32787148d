// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.CallControl;
import java.io.IOException;
import java.util.List;

/**
 * Writes points to the spill file before they are deleted, and holds the work while the file cannot
 * be written.
 */
public final class SpillWriter {
  private final CallControl control;
  private final Spills spills;
  private final String work;

  /**
   * For one drop or sweep.
   *
   * @param work see {@link Spills#keep}
   */
  public SpillWriter(CallControl control, Spills spills, String work) {
    this.control = control;
    this.spills = spills;
    this.work = work;
  }

  /** Returns when the points are in the file. */
  public void keep(List<Spilled> rows) throws InterruptedException {
    boolean kept = rows.isEmpty();
    while (!kept) {
      control.check();
      try {
        spills.keep(work, rows);
        control.recorder().spilled(rows.size());
        kept = true;
      } catch (IOException e) {
        control.hold("spill", "the spill file cannot be written: " + e.getMessage(), List.of());
      }
    }
  }
}
