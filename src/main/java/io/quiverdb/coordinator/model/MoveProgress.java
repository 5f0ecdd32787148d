package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a move has come.
 *
 * @param pointsTotal how many points are to be moved, as far as it is known
 * @param pointsDone how many have been copied
 * @param bytesDone how many bytes those had
 * @param pointsPerSecond the rate of the last seconds
 * @param round of the reconciliation, from 1; 0 before it
 * @param parts by collection, donor and target
 * @param absent how many points the drop met that their owner lacks
 * @param absentJudged how many of these an operator has said go on to
 */
public record MoveProgress(
    long pointsTotal,
    long pointsDone,
    long bytesDone,
    long pointsPerSecond,
    int round,
    List<MovePart> parts,
    long absent,
    long absentJudged) {
  /** The most parts that a move may have: its collections times the shards they come from. */
  public static final int MAX_PARTS = 4096;

  /** The most characters that the names and cursors of all parts may have together. */
  public static final int MAX_TEXT = 4 << 20;

  /** The most parts that are kept of a move that has ended. */
  public static final int ENDED_PARTS = 100;

  /** Nothing was moved yet. */
  public static final MoveProgress NONE = new MoveProgress(0, 0, 0, 0, 0, List.of());

  /** Copies the list. */
  public MoveProgress {
    parts = List.copyOf(parts);
  }

  /** Of a move whose drop has met nothing absent. */
  public MoveProgress(
      long pointsTotal,
      long pointsDone,
      long bytesDone,
      long pointsPerSecond,
      int round,
      List<MovePart> parts) {
    this(pointsTotal, pointsDone, bytesDone, pointsPerSecond, round, parts, 0, 0);
  }

  /**
   * This progress after a report: its numbers, and its parts in place of those of the same slices.
   * Parts beyond {@link #MAX_PARTS} are left out.
   */
  public MoveProgress after(MoveProgress report) {
    List<MovePart> merged = new ArrayList<>(parts);
    for (MovePart part : report.parts) {
      int known = indexOf(merged, part);
      if (known >= 0) {
        merged.set(known, part);
      } else if (merged.size() < MAX_PARTS) {
        merged.add(part);
      }
    }
    return new MoveProgress(
        report.pointsTotal,
        report.pointsDone,
        report.bytesDone,
        report.pointsPerSecond,
        report.round,
        merged,
        report.absent,
        report.absentJudged);
  }

  /**
   * That of a move that has ended: nothing goes on from its cursors, and every member keeps the
   * last moves in memory. Parts beyond {@link #ENDED_PARTS} are left out; the totals are of all.
   */
  MoveProgress ended() {
    return new MoveProgress(
        pointsTotal,
        pointsDone,
        bytesDone,
        pointsPerSecond,
        round,
        parts.stream().limit(ENDED_PARTS).map(MovePart::ended).toList(),
        absent,
        absentJudged);
  }

  /** Whether names and cursors are within {@link #MAX_TEXT}. */
  public boolean fits() {
    long characters = 0;
    for (MovePart part : parts) {
      characters += (long) part.collection().length() + part.lastId().length();
    }
    return characters <= MAX_TEXT;
  }

  private static int indexOf(List<MovePart> parts, MovePart wanted) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).sameSlice(wanted)) {
        return i;
      }
    }
    return -1;
  }
}
