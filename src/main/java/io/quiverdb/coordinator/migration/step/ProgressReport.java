// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects progress since the last entry. It keeps all parts, even if one entry has no room for
 * them. Thread-safe.
 */
final class ProgressReport {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Characters of names and cursors in one entry; escaped, they may take six times as many bytes.
   */
  private static final int MAX_TEXT_CHARS = 512 << 10;

  /** Parts in one entry. */
  private static final int MAX_PARTS = 2_048;

  /** Characters of a cursor; with a longer id, the copy resumes at the cursor before. */
  private static final int MAX_CURSOR_CHARS = 64 << 10;

  private record PartKey(String collection, long from, long to) {
    static PartKey of(MigrationPart part) {
      return new PartKey(part.collection(), part.from(), part.to());
    }
  }

  private MigrationProgress all;
  private final Map<PartKey, MigrationPart> parts = new HashMap<>();
  private final Map<PartKey, MigrationPart> fresh = new LinkedHashMap<>();
  private boolean changed;
  private long lastProgressNanos;
  private long ratedNanos;
  private long ratedPoints;

  ProgressReport(MigrationProgress logged, long nanos) {
    this.all = logged.withParts(List.of());
    logged.parts().forEach(part -> parts.put(PartKey.of(part), part));
    this.lastProgressNanos = nanos;
    this.ratedNanos = nanos;
    this.ratedPoints = logged.pointsDone();
  }

  /** Returns how many more points are done. */
  synchronized long moved(MigrationPart part, long bytes, long nanos) {
    PartKey key = PartKey.of(part);
    Optional<MigrationPart> known = Optional.ofNullable(parts.get(key));
    MigrationPart cursor = part.lastId().length() <= MAX_CURSOR_CHARS ? part : stuck(part, known);
    parts.put(key, cursor);
    fresh.put(key, cursor);
    all =
        new MigrationProgress(
            all.pointsTotal(),
            all.pointsDone(),
            all.bytesDone() + bytes,
            all.pointsPerSecond(),
            all.round(),
            List.of(),
            all.absent(),
            all.absentJudged());
    changed = true;
    lastProgressNanos = nanos;
    return Math.max(0, part.pointsDone() - known.map(MigrationPart::pointsDone).orElse(0L));
  }

  private static MigrationPart stuck(MigrationPart part, Optional<MigrationPart> known) {
    return new MigrationPart(
        part.collection(),
        part.from(),
        part.to(),
        part.pointsTotal(),
        part.pointsDone(),
        known.map(MigrationPart::offset).orElse(0L),
        known.map(MigrationPart::lastId).orElse(""),
        part.done());
  }

  synchronized void round(int number, long nanos) {
    all =
        new MigrationProgress(
            all.pointsTotal(),
            all.pointsDone(),
            all.bytesDone(),
            all.pointsPerSecond(),
            number,
            List.of(),
            all.absent(),
            all.absentJudged());
    changed = true;
    lastProgressNanos = nanos;
  }

  /** How many points the drop has met absent, and how many of these were judged. */
  synchronized void absent(long met, long judged) {
    all =
        new MigrationProgress(
            all.pointsTotal(),
            all.pointsDone(),
            all.bytesDone(),
            all.pointsPerSecond(),
            all.round(),
            List.of(),
            met,
            judged);
    changed = true;
  }

  /** Something has happened, though no point was moved. */
  synchronized void goingOn(long nanos) {
    lastProgressNanos = nanos;
  }

  /** How long nothing has moved. */
  synchronized long idleNanos(long nanos) {
    return nanos - lastProgressNanos;
  }

  /**
   * The numbers now, and parts that changed, as many as fit into an entry; empty if nothing did.
   */
  synchronized Optional<MigrationProgress> take(long nanos) {
    if (!changed) {
      return Optional.empty();
    }
    long total = parts.values().stream().mapToLong(MigrationPart::pointsTotal).sum();
    long done = parts.values().stream().mapToLong(MigrationPart::pointsDone).sum();
    all =
        new MigrationProgress(
            Math.max(total, done),
            done,
            all.bytesDone(),
            rate(done, nanos),
            all.round(),
            List.of(),
            all.absent(),
            all.absentJudged());
    List<MigrationPart> reported = new ArrayList<>();
    long text = 0;
    Iterator<MigrationPart> next = fresh.values().iterator();
    while (next.hasNext() && reported.size() < MAX_PARTS && text < MAX_TEXT_CHARS) {
      MigrationPart part = next.next();
      next.remove();
      reported.add(part);
      text += part.collection().length() + part.lastId().length();
    }
    changed = !fresh.isEmpty();
    return Optional.of(all.withParts(reported));
  }

  /** The numbers as they were reported last, for an entry about something else. */
  synchronized MigrationProgress unchanged() {
    return all;
  }

  private long rate(long done, long nanos) {
    double seconds = (nanos - ratedNanos) / NANOS_PER_SECOND;
    if (seconds <= 0) {
      return all.pointsPerSecond();
    }
    long latest = Math.round(Math.max(0, done - ratedPoints) / seconds);
    ratedNanos = nanos;
    ratedPoints = done;
    return all.pointsPerSecond() == 0 ? latest : (all.pointsPerSecond() + latest) / 2;
  }

  /**
   * Takes back a report that may not have been logged: its parts are reported again unless newer
   * ones are known.
   */
  synchronized void takeBack(MigrationProgress report) {
    changed = true;
    report.parts().forEach(part -> fresh.putIfAbsent(PartKey.of(part), part));
  }
}
