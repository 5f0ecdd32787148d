// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.List;
import java.util.Optional;

/** Begins, records and ends a check of the data on the shards. One at a time. */
public sealed interface CheckCommand extends Command {
  /** What the leader logs about the running check. */
  sealed interface Finding extends CheckCommand, Command.LeaderCommand {
    /** The id of the check, unsigned. */
    long checkId();
  }

  /**
   * Begins a check against the map as it is. Refused while a migration is active.
   *
   * @param kind what it does
   * @param pointsPerSecond how fast it may read; 0: unlimited
   */
  @Wire(value = "start_check", sinceFormat = 2)
  record StartCheck(CheckKind kind, long pointsPerSecond) implements CheckCommand {}

  /**
   * Stops a check that is running, or its sweep. A sweep ends when none of its requests can take
   * effect any more.
   *
   * @param force whether a sweep ends at once
   */
  @Wire(value = "stop_check", sinceFormat = 2)
  record StopCheck(long checkId, boolean force) implements CheckCommand {}

  /**
   * Notes that the leader of a term begins to work on the running check; not kept in the history.
   * Refused if several leaders have done so without progress.
   */
  @Wire(value = "begin_check", sinceFormat = 2)
  record BeginCheck(long checkId, long leaderTerm) implements Finding {}

  /**
   * Adds to the report of the running check; not kept in the history. Refused if the report ends
   * elsewhere by now, so that nothing counts twice.
   *
   * @param after the last collection that was through before; empty: none
   * @param upTo the last collection that is through
   * @param found in the collections between the two
   */
  @Wire(value = "record_check", sinceFormat = 2)
  record RecordCheck(
      long checkId, Optional<String> after, String upTo, CheckReport found, long leaderTerm)
      implements Finding {}

  /**
   * Ends the running check.
   *
   * @param end how: done, failed or stopped
   * @param reason empty if it is done
   */
  @Wire(value = "finish_check", sinceFormat = 2)
  record FinishCheck(long checkId, CheckState end, String reason, long leaderTerm)
      implements Finding {}

  /**
   * Begins to remove the strays that a check has found. Refused unless the check is done and the
   * map is the one that it compared with.
   *
   * @param spillLimit the most strays that may be removed although their owner lacks them
   * @param pointsPerSecond how fast it may read and remove points; 0: unlimited
   * @param adoptionAssumed whether a fixed time replaces the confirmation of unregistered routers
   */
  @Wire(value = "start_sweep", sinceFormat = 2)
  record StartSweep(long checkId, long spillLimit, long pointsPerSecond, boolean adoptionAssumed)
      implements CheckCommand {}

  /** A leader begins the work of a sweep; not kept in the history. */
  @Wire(value = "begin_sweep", sinceFormat = 2)
  record BeginSweep(long checkId, long leaderTerm) implements Finding {}

  /**
   * Adds to what a sweep has done; not kept in the history. Refused if another entry came before
   * it, so that nothing counts twice.
   *
   * @param after how many such entries there were before
   * @param upTo the last collection that is through; empty: none
   * @param rows what was removed since the last entry
   * @param waitingFor what it waits for
   */
  @Wire(value = "record_sweep", sinceFormat = 2)
  record RecordSweep(
      long checkId,
      long after,
      Optional<String> upTo,
      List<SweptShard> rows,
      Optional<String> waitingFor,
      long leaderTerm)
      implements Finding {
    public RecordSweep {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Ends a sweep: none of its requests can take effect any more.
   *
   * @param end how: done, failed or stopped
   * @param reason empty if it is done, or stopped by an operator
   */
  @Wire(value = "finish_sweep", sinceFormat = 2)
  record FinishSweep(long checkId, CheckState end, String reason, long leaderTerm)
      implements Finding {}
}
