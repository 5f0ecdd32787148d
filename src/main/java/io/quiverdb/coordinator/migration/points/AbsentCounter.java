// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.StepControl;
import io.quiverdb.coordinator.model.Migration;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts the points that a drop has found absent on their owner, over all passes and leaders, and
 * those that the operator has approved. Both numbers are logged; up to a second of them is lost
 * with a leader. Thread-safe.
 */
final class AbsentCounter {
  /** Clients delete points during a drop: the more points move, the longer the drop takes. */
  private static final int MAX_PERCENT_OF_SLICE = 1;

  /** What happens to points that are absent on their owner. */
  enum Verdict {
    /** They are counted, and may be deleted. */
    GO,
    /** The caller asks the operator, and then calls {@link #answered}. */
    ASK,
    /** The operator is being asked about those of another donor. */
    WAIT
  }

  private final StepControl control;
  private final long threshold;
  private final Set<Long> approved = new HashSet<>();
  private long met;
  private long judged;
  private boolean asking;

  /** Continues from the logged counts of a migration. */
  AbsentCounter(StepControl control, int spillThreshold) {
    Migration migration = control.migration();
    this.control = control;
    this.threshold =
        Math.max(spillThreshold, migration.progress().pointsDone() / 100 * MAX_PERCENT_OF_SLICE);
    this.met = migration.progress().absent();
    this.judged = migration.progress().absentJudged();
  }

  /** Whether it counts for this step. */
  boolean isOf(StepControl step) {
    return control == step;
  }

  /** An operator's approval holds for one pass. */
  synchronized void beginPass() {
    approved.clear();
  }

  /** Whether the operator is being asked. */
  synchronized boolean isAsking() {
    return asking;
  }

  /** Counts more absent points of a donor, unless the operator has to approve their deletion. */
  synchronized Verdict judge(long donor, int more) {
    if (more > 0 && asking) {
      return Verdict.WAIT;
    }
    if (!approved.contains(donor) && met + more - judged > threshold) {
      asking = true;
      return Verdict.ASK;
    }
    add(donor, more);
    return Verdict.GO;
  }

  /**
   * Ends the question.
   *
   * @param yes whether the operator has approved what was counted so far, and the rest of this
   *     donor
   */
  synchronized void answered(long donor, boolean yes) {
    asking = false;
    if (yes) {
      approved.add(donor);
      judged = met;
      control.absent(met, judged);
    }
  }

  /** The count, with some more. */
  synchronized long with(int more) {
    return met + more;
  }

  /** Counts absent points of a donor that were deleted. */
  synchronized void add(long donor, int more) {
    if (more == 0) {
      return;
    }
    met += more;
    judged += approved.contains(donor) ? more : 0;
    control.absent(met, judged);
  }
}
