// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.command.CheckCommand.RecordSweep;
import io.quiverdb.coordinator.migration.port.MigrationLog;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers what a sweep has done, and logs it in small entries, each of which counts once. Only
 * {@link #log} is not thread-safe.
 */
final class SweepProgress {
  /** The most rows of one entry. */
  private static final int MAX_ROWS = 64;

  private final DataCheck check;
  private final long term;
  private final SweepControl control;
  private final MigrationLog state;
  private final FindingLog log;
  private final Map<Place, StrayCounts> removed = new LinkedHashMap<>();
  private Optional<String> upTo;
  private Optional<String> loggedUpTo;
  private Optional<String> loggedWait;

  /** Was begun to be logged; an interrupt may have come before the log. */
  private Optional<RecordSweep> pending = Optional.empty();

  private record Place(String collection, long shardId) {}

  SweepProgress(DataCheck check, long term, SweepControl control, MigrationLog log) {
    Sweep sweep = check.sweep().orElseThrow();
    this.check = check;
    this.term = term;
    this.control = control;
    this.state = log;
    this.log = new FindingLog(log);
    this.upTo = sweep.upTo();
    this.loggedUpTo = upTo;
    this.loggedWait = sweep.waitingFor();
  }

  /** Points were deleted. */
  synchronized void removed(String collection, long shardId, StrayCounts counts) {
    removed.merge(new Place(collection, shardId), counts, StrayCounts::plus);
  }

  /** The last collection that is through. */
  synchronized Optional<String> upTo() {
    return upTo;
  }

  /** A collection is through. */
  synchronized void through(String collection) {
    upTo = Optional.of(collection);
  }

  /** Logs what is new, if anything is. */
  void log() throws InterruptedException {
    for (Optional<RecordSweep> next = next(); next.isPresent(); next = next()) {
      RecordSweep entry = next.get();
      var unused =
          log.log(
              entry,
              now ->
                  now.sweep()
                      .filter(sweep -> sweep.isActive() && sweep.entries() == entry.after())
                      .isPresent());
      logged();
    }
  }

  private synchronized void logged() {
    pending = Optional.empty();
  }

  private synchronized Optional<RecordSweep> next() {
    if (pending.isPresent()) {
      return pending;
    }
    Optional<String> waiting = control.waiting();
    if (removed.isEmpty() && upTo.equals(loggedUpTo) && waiting.equals(loggedWait)) {
      return Optional.empty();
    }
    List<SweptShard> rows =
        removed.entrySet().stream()
            .limit(MAX_ROWS)
            .map(
                row ->
                    new SweptShard(
                        row.getKey().collection(), row.getKey().shardId(), row.getValue()))
            .toList();
    rows.forEach(row -> removed.remove(new Place(row.collection(), row.shardId())));
    // A collection counts as done only when all that was removed from it is logged.
    loggedUpTo = removed.isEmpty() ? upTo : loggedUpTo;
    loggedWait = waiting;
    pending = Optional.of(new RecordSweep(check.id(), entries(), loggedUpTo, rows, waiting, term));
    return pending;
  }

  private long entries() {
    return state
        .state()
        .checks()
        .find(check.id())
        .flatMap(DataCheck::sweep)
        .map(Sweep::entries)
        .orElse(0L);
  }
}
