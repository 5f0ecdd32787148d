package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/**
 * The work on points. Doing any of it again does no harm. A call that returns has left no request
 * behind that may still take effect. For one thread, but for the survey.
 */
public interface PointOperations {
  /**
   * Looks at what will be copied, beside a wait; changes nothing. May be interrupted at any time.
   */
  void probePageSizes(MigrationContext context) throws InterruptedException;

  /** The first round: goes on where the log says that it was. */
  void copy(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /** Rounds over everything, until one changes nothing. */
  void verify(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /**
   * One pass over the donors that removes the slice.
   *
   * @return whether a scan found nothing of it any more
   */
  boolean drop(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /** Removes the copies of a move that is taken back, until a scan finds none. */
  void wipe(MigrationContext context) throws ShardException, StepException, InterruptedException;
}
