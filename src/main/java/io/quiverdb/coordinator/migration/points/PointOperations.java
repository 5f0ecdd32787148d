// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.List;

/**
 * The operations on points. All of them may be repeated. When a call returns, none of its requests
 * can still take effect. Not thread-safe, except {@link #probePageSizes}.
 */
public interface PointOperations {
  /** Learns page sizes in the background; changes nothing. May be interrupted at any time. */
  void probePageSizes(MigrationContext context) throws InterruptedException;

  /** The first round: resumes at the logged position. */
  void copy(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /** Compares and repairs in rounds, until a round changes nothing. */
  void verify(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /**
   * One pass over the donors that deletes the moved points.
   *
   * @return whether the pass found none
   */
  boolean drop(MigrationContext context, List<ShardCollection> collections)
      throws ShardException, StepException, InterruptedException;

  /** Deletes the copies of a migration that is reverted, until a scan finds none. */
  void wipe(MigrationContext context) throws ShardException, StepException, InterruptedException;
}
