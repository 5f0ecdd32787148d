// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A check of the data on the shards.
 *
 * @param id from 1, never used again
 * @param kind what it does
 * @param state how it stands
 * @param mapVersion the version of the map that the shards are compared with; unsigned
 * @param pointsPerSecond how fast it may read; 0: unlimited
 * @param startedMillis when it was asked for: milliseconds since 1970-01-01T00:00:00Z, for people
 * @param finishedMillis when it ended
 * @param error why it failed or was stopped
 * @param upTo the last collection that is in the report; the next leader goes on behind it
 * @param report what was found so far
 * @param begunIn terms of the leaders that have begun it since it last made progress
 * @param sweep the removal of what it found, if that was asked for
 */
public record DataCheck(
    long id,
    CheckKind kind,
    CheckState state,
    long mapVersion,
    long pointsPerSecond,
    long startedMillis,
    OptionalLong finishedMillis,
    Optional<String> error,
    Optional<String> upTo,
    CheckReport report,
    List<Long> begunIn,
    Optional<Sweep> sweep) {
  /** The longest error, in characters. */
  public static final int MAX_ERROR = 300;

  /** Copies the list. */
  public DataCheck {
    begunIn = List.copyOf(begunIn);
  }

  /** One that begins. */
  public static DataCheck begun(
      long id, CheckKind kind, long mapVersion, long pointsPerSecond, long millis) {
    return new DataCheck(
        id,
        kind,
        CheckState.RUNNING,
        mapVersion,
        pointsPerSecond,
        millis,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        CheckReport.EMPTY,
        List.of(),
        Optional.empty());
  }

  /** Whether it has not ended. */
  public boolean isRunning() {
    return state == CheckState.RUNNING;
  }

  /**
   * Whether leaders have begun it so often without progress that none should begin it again: work
   * that ends one leader, for example for lack of memory, would end the next one too.
   */
  public boolean beginsInVain(long term) {
    return begunIn.size() >= Migration.MAX_BEGINNINGS && !begunIn.contains(term);
  }

  /** Begun by the leader of a term. */
  public DataCheck begunIn(long term) {
    if (begunIn.contains(term)) {
      return this;
    }
    List<Long> longer = new ArrayList<>(begunIn);
    longer.add(term);
    return with(state, finishedMillis, error, upTo, report, longer, sweep);
  }

  /**
   * With a further part of its report.
   *
   * @param term of the leader that has come so far
   */
  public DataCheck recorded(String last, CheckReport found, long term) {
    return with(
        state, finishedMillis, error, Optional.of(last), report.plus(found), List.of(term), sweep);
  }

  /**
   * Ended.
   *
   * @param reason empty if it was done
   */
  public DataCheck ended(CheckState end, String reason, long millis) {
    return with(
        end,
        OptionalLong.of(millis),
        EndReason.of(reason, MAX_ERROR),
        upTo,
        report,
        begunIn,
        sweep);
  }

  /** With a sweep that begins, or that has changed. */
  public DataCheck swept(Sweep changed) {
    return with(state, finishedMillis, error, upTo, report, begunIn, Optional.of(changed));
  }

  private DataCheck with(
      CheckState other,
      OptionalLong finished,
      Optional<String> why,
      Optional<String> last,
      CheckReport found,
      List<Long> terms,
      Optional<Sweep> removal) {
    return new DataCheck(
        id,
        kind,
        other,
        mapVersion,
        pointsPerSecond,
        startedMillis,
        finished,
        why,
        last,
        found,
        terms,
        removal);
  }

  /** Whether its strays are being removed. */
  public boolean isSwept() {
    return sweep.filter(Sweep::isActive).isPresent();
  }

  /** Whether its sweep was ended by force. */
  public boolean isUnsettled() {
    return sweep.filter(Sweep::unsettled).isPresent();
  }
}
