package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.MoveProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was moved since the last progress entry. Thread-safe. */
final class ProgressReport {
  private static final double NANOS_PER_SECOND = 1e9;

  private MoveProgress all;
  private final List<MovePart> fresh = new ArrayList<>();
  private boolean changed;
  private long lastMoveNanos;
  private long ratedNanos;
  private long ratedPoints;

  ProgressReport(MoveProgress logged, long nanos) {
    this.all = logged;
    this.lastMoveNanos = nanos;
    this.ratedNanos = nanos;
    this.ratedPoints = logged.pointsDone();
  }

  /** Returns how many more points are done. */
  synchronized long moved(MovePart part, long bytes, long nanos) {
    long before =
        all.parts().stream()
            .filter(part::sameSlice)
            .mapToLong(MovePart::pointsDone)
            .findFirst()
            .orElse(0);
    all =
        all.after(
            new MoveProgress(
                all.pointsTotal(),
                all.pointsDone(),
                all.bytesDone() + bytes,
                all.pointsPerSecond(),
                all.round(),
                List.of(part),
                all.absent(),
                all.absentJudged()));
    fresh.removeIf(part::sameSlice);
    fresh.add(part);
    changed = true;
    lastMoveNanos = nanos;
    return Math.max(0, part.pointsDone() - before);
  }

  synchronized void round(int number, long nanos) {
    all =
        new MoveProgress(
            all.pointsTotal(),
            all.pointsDone(),
            all.bytesDone(),
            all.pointsPerSecond(),
            number,
            all.parts(),
            all.absent(),
            all.absentJudged());
    changed = true;
    lastMoveNanos = nanos;
  }

  /** How many points the drop has met absent, and how many of these were judged. */
  synchronized void absent(long met, long judged) {
    all =
        new MoveProgress(
            all.pointsTotal(),
            all.pointsDone(),
            all.bytesDone(),
            all.pointsPerSecond(),
            all.round(),
            all.parts(),
            met,
            judged);
    changed = true;
  }

  /** Something goes on, though no point was moved yet. */
  synchronized void goingOn(long nanos) {
    lastMoveNanos = nanos;
  }

  /** How long nothing has moved. */
  synchronized long idleNanos(long nanos) {
    return nanos - lastMoveNanos;
  }

  /** The numbers now, and the parts that changed; empty if nothing did. */
  synchronized Optional<MoveProgress> take(long nanos) {
    if (!changed) {
      return Optional.empty();
    }
    long total = all.parts().stream().mapToLong(MovePart::pointsTotal).sum();
    long done = all.parts().stream().mapToLong(MovePart::pointsDone).sum();
    all =
        new MoveProgress(
            Math.max(total, done),
            done,
            all.bytesDone(),
            rate(done, nanos),
            all.round(),
            all.parts(),
            all.absent(),
            all.absentJudged());
    MoveProgress report = withParts(fresh);
    fresh.clear();
    changed = false;
    return Optional.of(report);
  }

  /** The numbers as they were reported last, for an entry about something else. */
  synchronized MoveProgress unchanged() {
    return withParts(List.of());
  }

  private MoveProgress withParts(List<MovePart> parts) {
    return new MoveProgress(
        all.pointsTotal(),
        all.pointsDone(),
        all.bytesDone(),
        all.pointsPerSecond(),
        all.round(),
        parts,
        all.absent(),
        all.absentJudged());
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

  /** A report may not have been logged: its parts are said again unless newer ones are known. */
  synchronized void takeBack(MoveProgress report) {
    changed = true;
    for (MovePart part : report.parts()) {
      if (fresh.stream().noneMatch(part::sameSlice)) {
        fresh.add(part);
      }
    }
  }
}
