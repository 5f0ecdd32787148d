// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a migration has come.
 *
 * @param pointsTotal how many points are to be moved, if known
 * @param pointsDone how many have been copied
 * @param bytesDone how many bytes those had
 * @param pointsPerSecond the rate of the last seconds
 * @param round of the reconciliation, from 1; 0 before it
 * @param parts by collection, donor and target
 * @param absent how many points the drop met that their owner lacks
 * @param absentJudged how many of these an operator has approved
 */
public record MigrationProgress(
    long pointsTotal,
    long pointsDone,
    long bytesDone,
    long pointsPerSecond,
    int round,
    List<MigrationPart> parts,
    long absent,
    long absentJudged) {
  /** The most parts that a migration may have: its collections times the shards they come from. */
  public static final int MAX_PARTS = 32_768;

  /** The most characters that the names and cursors of all parts may have together. */
  public static final int MAX_TEXT = 4 << 20;

  /** The most parts that are kept of a migration that has ended. */
  public static final int ENDED_PARTS = 100;

  /** The most characters of their names. */
  private static final int ENDED_TEXT = 10_000;

  /** Nothing was moved yet. */
  public static final MigrationProgress NONE = new MigrationProgress(0, 0, 0, 0, 0, List.of());

  public MigrationProgress {
    parts = List.copyOf(parts);
  }

  /** Of a migration whose drop has met nothing absent. */
  public MigrationProgress(
      long pointsTotal,
      long pointsDone,
      long bytesDone,
      long pointsPerSecond,
      int round,
      List<MigrationPart> parts) {
    this(pointsTotal, pointsDone, bytesDone, pointsPerSecond, round, parts, 0, 0);
  }

  /** Which points a part is about. */
  private record Slice(String collection, long from, long to) {
    static Slice of(MigrationPart part) {
      return new Slice(part.collection(), part.from(), part.to());
    }
  }

  /**
   * This progress after a report: its numbers, and its parts in place of those of the same slices.
   * The cursor of a finished part is not needed and not kept. Parts beyond {@link #MAX_PARTS} or
   * {@link #MAX_TEXT} stay as they were: after a change of leader, their copy starts again.
   */
  public MigrationProgress after(MigrationProgress report) {
    return new MigrationProgress(
        report.pointsTotal,
        report.pointsDone,
        report.bytesDone,
        report.pointsPerSecond,
        report.round,
        report.parts.isEmpty() ? parts : merged(report.parts),
        report.absent,
        report.absentJudged);
  }

  private List<MigrationPart> merged(List<MigrationPart> reported) {
    Map<Slice, MigrationPart> merged = new LinkedHashMap<>();
    long text = 0;
    for (MigrationPart part : parts) {
      merged.put(Slice.of(part), part);
      text += part.text();
    }
    for (MigrationPart part : reported) {
      MigrationPart kept = part.done() ? part.ended() : part;
      MigrationPart known = merged.get(Slice.of(part));
      long with = text + kept.text() - (known == null ? 0 : known.text());
      if (with <= MAX_TEXT && (known != null || merged.size() < MAX_PARTS)) {
        merged.put(Slice.of(part), kept);
        text = with;
      }
    }
    return List.copyOf(merged.values());
  }

  /** Whether it shows more progress than an earlier one. */
  boolean isFurtherThan(MigrationProgress before) {
    return pointsDone > before.pointsDone || round > before.round;
  }

  /** With other parts. */
  public MigrationProgress withParts(List<MigrationPart> others) {
    return new MigrationProgress(
        pointsTotal, pointsDone, bytesDone, pointsPerSecond, round, others, absent, absentJudged);
  }

  /**
   * The progress of an ended migration: its cursors are not needed, and every member keeps the last
   * migrations in memory. Parts beyond {@link #ENDED_PARTS}, or with very long names, are left out;
   * the totals are of all.
   */
  MigrationProgress ended() {
    List<MigrationPart> kept = new ArrayList<>();
    int text = 0;
    for (MigrationPart part : parts) {
      text += part.collection().length();
      if (kept.size() < ENDED_PARTS && text <= ENDED_TEXT) {
        kept.add(part.ended());
      }
    }
    return new MigrationProgress(
        pointsTotal, pointsDone, bytesDone, pointsPerSecond, round, kept, absent, absentJudged);
  }
}
