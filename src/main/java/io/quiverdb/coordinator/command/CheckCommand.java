// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import java.util.Optional;

/** Begins, records and ends a check of the data on the shards. One at a time. */
public sealed interface CheckCommand extends Command {
  /** What the leader logs about the running check. */
  sealed interface Finding extends CheckCommand, LeaderCommand {
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

  /** Stops a check. */
  @Wire(value = "stop_check", sinceFormat = 2)
  record StopCheck(long checkId) implements CheckCommand {}

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
}
