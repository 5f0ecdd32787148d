package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.StepControl;
import io.quiverdb.coordinator.model.Migration;
import java.util.HashSet;
import java.util.Set;

/**
 * How many points a drop has met that their owner lacks, over all its passes and leaders, and what
 * the operator said to it. The log keeps both numbers; a second of them may be lost with a leader.
 * Thread-safe.
 */
final class AbsentCounter {
  /** Clients delete points while a drop goes on: the larger the slice, the longer, the more. */
  private static final int MAX_PERCENT_OF_SLICE = 1;

  /** What becomes of points that are absent on their owner. */
  enum Verdict {
    /** They are counted, and may go. */
    GO,
    /** The operator is to be asked, by who gets this answer, and to be {@link #answered}. */
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

  /** Goes on from what the log says of a move. */
  AbsentCounter(StepControl control, int spillThreshold) {
    Migration migration = control.migration();
    this.control = control;
    this.threshold =
        Math.max(spillThreshold, migration.progress().pointsDone() / 100 * MAX_PERCENT_OF_SLICE);
    this.met = migration.progress().absent();
    this.judged = migration.progress().absentJudged();
  }

  /** Whether it goes on with what this step counts. */
  boolean isOf(StepControl step) {
    return control == step;
  }

  /** An operator's word holds for one pass. */
  synchronized void beginPass() {
    approved.clear();
  }

  /** Whether the operator is being asked. */
  synchronized boolean isAsking() {
    return asking;
  }

  /** Counts so many more of a donor, unless it takes an operator's word to delete them. */
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

  /** The asking is over; yes: to what was met so far, and to what this donor has besides. */
  synchronized void answered(long donor, boolean yes) {
    asking = false;
    if (yes) {
      approved.add(donor);
      judged = met;
      control.absent(met, judged);
    }
  }

  /** How many there are, with some more. */
  synchronized long with(int more) {
    return met + more;
  }

  /** So many more of a donor are gone. */
  synchronized void add(long donor, int more) {
    if (more == 0) {
      return;
    }
    met += more;
    judged += approved.contains(donor) ? more : 0;
    control.absent(met, judged);
  }
}
