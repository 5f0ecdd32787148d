// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.DataCheck;
import java.time.Duration;
import java.util.Optional;

/**
 * Gathers what a check finds and logs it in pieces: whole collections, so that a leader that takes
 * over counts nothing twice. Not thread-safe.
 */
final class Findings {
  private static final int MAX_ROWS = 64;
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final long checkId;
  private final long term;
  private final Time time;
  private final CheckLog log;
  private CheckReport found = CheckReport.EMPTY;
  private Optional<String> upTo = Optional.empty();
  private Optional<String> logged;
  private long loggedNanos;

  /** Logs entries. */
  interface CheckLog {
    void record(RecordCheck entry) throws InterruptedException;
  }

  Findings(DataCheck check, long term, Time time, CheckLog log) {
    this.checkId = check.id();
    this.logged = check.upTo();
    this.term = term;
    this.time = time;
    this.log = log;
    this.loggedNanos = time.nanos();
  }

  void found(CheckedShard row) {
    found = found.plus(CheckReport.of(row));
  }

  void leftOut(String collection) {
    int most = CheckedShard.MAX_SAMPLE;
    found =
        found.plus(
            CheckReport.leavingOut(
                collection.length() <= most ? collection : collection.substring(0, most) + "..."));
  }

  /** Ends a collection. Of a name that is too long, the first characters are its place. */
  void through(String collection) throws InterruptedException {
    int most = CheckReport.MAX_NAME;
    upTo = Optional.of(collection.length() <= most ? collection : collection.substring(0, most));
    if (found.rows().size() >= MAX_ROWS || time.nanos() - loggedNanos >= INTERVAL.toNanos()) {
      flush();
    }
  }

  /** Logs the gathered findings. */
  void flush() throws InterruptedException {
    if (upTo.isPresent()) {
      log.record(new RecordCheck(checkId, logged, upTo.get(), found, term));
      logged = upTo;
      found = CheckReport.EMPTY;
      upTo = Optional.empty();
      loggedNanos = time.nanos();
    }
  }
}
