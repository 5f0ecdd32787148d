// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The removal of the strays that a check has found. While it is active the map stays as it is.
 *
 * @param state how it stands
 * @param spillLimit the most strays that it may remove although their owner lacks them
 * @param pointsPerSecond how fast it may read and remove points; 0: unlimited
 * @param adoptionAssumed whether a fixed time replaces the confirmation of unregistered routers
 * @param startedMillis when it was asked for: milliseconds since 1970-01-01T00:00:00Z, for people
 * @param finishedMillis when it ended
 * @param error why it failed, or who stopped it
 * @param unsettled whether it was ended by force: some of its requests may still take effect
 * @param begunIn the terms whose leaders have begun it since its last progress
 * @param entries how many entries about its progress are counted in
 * @param upTo the last collection that is through; the next leader goes on behind it
 * @param rows what was removed, at most {@value #MAX_ROWS} rows and {@link CheckReport#MAX_TEXT}
 *     characters in the names, as they came
 * @param others the sum of what has no row
 * @param waitingFor what it waits for, for the operator
 */
public record Sweep(
    SweepState state,
    long spillLimit,
    long pointsPerSecond,
    boolean adoptionAssumed,
    long startedMillis,
    OptionalLong finishedMillis,
    Optional<String> error,
    boolean unsettled,
    List<Long> begunIn,
    long entries,
    Optional<String> upTo,
    List<SweptShard> rows,
    StrayCounts others,
    Optional<String> waitingFor) {
  /** The most rows. */
  public static final int MAX_ROWS = 500;

  /** How many leaders may begin it without any progress before it is given up. */
  public static final int MAX_BEGINNINGS = 2;

  /** Copies the lists and cuts the texts. */
  public Sweep {
    begunIn = List.copyOf(begunIn);
    rows = List.copyOf(rows);
    error = error.map(Sweep::cut);
    waitingFor = waitingFor.map(Sweep::cut);
  }

  private static String cut(String text) {
    return text.length() <= DataCheck.MAX_ERROR ? text : text.substring(0, DataCheck.MAX_ERROR);
  }

  /** One that begins. */
  public static Sweep begun(
      long spillLimit, long pointsPerSecond, boolean adoptionAssumed, long millis) {
    return new Sweep(
        SweepState.RUNNING,
        spillLimit,
        pointsPerSecond,
        adoptionAssumed,
        millis,
        OptionalLong.empty(),
        Optional.empty(),
        false,
        List.of(),
        0,
        Optional.empty(),
        List.of(),
        StrayCounts.NONE,
        Optional.empty());
  }

  /** Whether it has not ended: it may remove points, or its requests may still take effect. */
  public boolean isActive() {
    return state == SweepState.RUNNING || state == SweepState.STOPPING;
  }

  /** Whether another leader would begin it in vain, as those before it did. */
  public boolean beginsInVain(long term) {
    return begunIn.size() >= MAX_BEGINNINGS && !begunIn.contains(term);
  }

  /** Begun by the leader of a term. */
  public Sweep begunIn(long term) {
    List<Long> longer = new ArrayList<>(begunIn);
    if (!longer.contains(term)) {
      longer.add(term);
    }
    return with(state, finishedMillis, error, unsettled, longer, waitingFor);
  }

  /** On its way to its end. */
  public Sweep stopping(String who) {
    return with(
        SweepState.STOPPING,
        finishedMillis,
        Optional.of("stopped by " + who),
        false,
        begunIn,
        waitingFor);
  }

  /**
   * Ended.
   *
   * @param reason empty if it was done, or if it is known already
   * @param force whether nobody waits for requests that are under way
   */
  public Sweep ended(SweepState end, String reason, boolean force, long millis) {
    return with(
        end,
        OptionalLong.of(millis),
        reason.isEmpty() ? error : Optional.of(reason),
        force,
        List.of(),
        Optional.empty());
  }

  private Sweep with(
      SweepState other,
      OptionalLong finished,
      Optional<String> why,
      boolean force,
      List<Long> terms,
      Optional<String> waits) {
    return new Sweep(
        other,
        spillLimit,
        pointsPerSecond,
        adoptionAssumed,
        startedMillis,
        finished,
        why,
        force,
        terms,
        entries,
        upTo,
        rows,
        others,
        waits);
  }

  /** With more progress, by the leader of a term. */
  public Sweep recorded(
      Optional<String> last, List<SweptShard> more, Optional<String> waits, long term) {
    boolean progress = !more.isEmpty() || !last.equals(upTo);
    List<SweptShard> longer = new ArrayList<>(rows);
    StrayCounts sum = others;
    for (SweptShard row : more) {
      sum = sum.plus(added(longer, row));
    }
    return new Sweep(
        state,
        spillLimit,
        pointsPerSecond,
        adoptionAssumed,
        startedMillis,
        finishedMillis,
        error,
        unsettled,
        progress && begunIn.contains(term) ? List.of(term) : begunIn,
        entries + 1,
        last,
        longer,
        sum,
        waits);
  }

  /** Adds to the row of the same place, or a new row; returns what has no place. */
  private static StrayCounts added(List<SweptShard> rows, SweptShard row) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).isAbout(row)) {
        rows.set(i, rows.get(i).plus(row));
        return StrayCounts.NONE;
      }
    }
    long text = rows.stream().mapToLong(known -> known.collection().length()).sum();
    if (rows.size() < MAX_ROWS && text + row.collection().length() <= CheckReport.MAX_TEXT) {
      rows.add(row);
      return StrayCounts.NONE;
    }
    return row.removed();
  }

  /** What was removed in all. */
  public StrayCounts removed() {
    return rows.stream().map(SweptShard::removed).reduce(others, StrayCounts::plus);
  }
}
