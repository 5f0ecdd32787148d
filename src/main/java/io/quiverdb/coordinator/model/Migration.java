// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A migration of points between shards: all that another leader needs to continue it.
 *
 * @param id counts up from 1
 * @param plan what is moved
 * @param origin who began it
 * @param phase the current phase
 * @param state its state, for operators
 * @param steps the phases so far, the current one last; its term is that of the leader that logged
 *     it. At most {@value #MAX_STEPS}: the oldest ones after the first are left out
 * @param runner the leader that reported progress last
 * @param begunIn the terms whose leaders have begun the work of this phase since the last progress
 *     was seen in it: all but the last one may have died of it
 * @param verifiedTerm the term whose leader verified the copies; 0: none did
 * @param versionBefore map version when it was started; unsigned
 * @param versionDuring map version of the joining or leaving map
 * @param versionAfter map version of the flip, or of the map that a revert published
 * @param place of a leaving shard in the list before the migration, to which a cancel returns it
 * @param progress its progress
 * @param waitingOn what it waits for
 * @param throttlePointsPerSecond 0: unlimited
 * @param error why it is reverted or has failed; at most {@value #MAX_ERROR} characters
 * @param retries how often an operator asked to try again
 * @param retried the hold that the last of these was given for
 * @param keepCopies whether it ends without removing copies, because they may be the only ones
 * @param skipped ids of dead shards that are not waited for
 * @param leftDirty URLs that may still hold copies
 * @param gate holds the polls of routers; gone with any change of phase or state
 * @param updatedMillis when it last changed
 * @param finishedMillis when it ended
 */
public record Migration(
    long id,
    MigrationPlan plan,
    MigrationOrigin origin,
    Phase phase,
    MigrationState state,
    List<PhaseEntry> steps,
    Runner runner,
    List<Long> begunIn,
    long verifiedTerm,
    long versionBefore,
    OptionalLong versionDuring,
    OptionalLong versionAfter,
    int place,
    MigrationProgress progress,
    Optional<WaitingOn> waitingOn,
    long throttlePointsPerSecond,
    Optional<String> error,
    long retries,
    Optional<WaitingOn> retried,
    boolean keepCopies,
    List<Long> skipped,
    List<String> leftDirty,
    Optional<Gate> gate,
    long updatedMillis,
    OptionalLong finishedMillis) {
  /** The most steps that are kept: elections can send a migration back and forth. */
  public static final int MAX_STEPS = 100;

  /** How many leaders may begin the work of a phase and end without progress in it. */
  public static final int MAX_BEGINNINGS = 3;

  /** The longest error, in characters. */
  public static final int MAX_ERROR = 500;

  /**
   * Copies the lists. Shortens an overlong error, and the plan of an ended migration, because both
   * are kept.
   */
  public Migration {
    plan = finishedMillis.isPresent() ? plan.ended() : plan;
    steps = List.copyOf(steps);
    begunIn = List.copyOf(begunIn);
    error = error.map(text -> text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR));
    skipped = List.copyOf(skipped);
    leftDirty = List.copyOf(leftDirty);
  }

  /**
   * A migration of an operator, without a gate, whose runner is the leader that brought it into its
   * phase.
   */
  public Migration(
      long id,
      MigrationPlan plan,
      Phase phase,
      MigrationState state,
      List<PhaseEntry> steps,
      long verifiedTerm,
      long versionBefore,
      OptionalLong versionDuring,
      OptionalLong versionAfter,
      int place,
      MigrationProgress progress,
      Optional<WaitingOn> waitingOn,
      long throttlePointsPerSecond,
      Optional<String> error,
      long retries,
      boolean keepCopies,
      List<Long> skipped,
      List<String> leftDirty,
      long updatedMillis,
      OptionalLong finishedMillis) {
    this(
        id,
        plan,
        MigrationOrigin.OPERATOR,
        phase,
        state,
        steps,
        Runner.of(steps.get(steps.size() - 1)),
        List.of(),
        verifiedTerm,
        versionBefore,
        versionDuring,
        versionAfter,
        place,
        progress,
        waitingOn,
        throttlePointsPerSecond,
        error,
        retries,
        Optional.empty(),
        keepCopies,
        skipped,
        leftDirty,
        Optional.empty(),
        updatedMillis,
        finishedMillis);
  }

  /** A migration that was just planned: PREPARED, nothing moved. */
  public static Migration prepared(
      long id, MigrationPlan plan, PhaseEntry step, ShardMap map, long throttlePointsPerSecond) {
    return new Migration(
        id,
        plan,
        Phase.PREPARED,
        MigrationState.RUNNING,
        List.of(step),
        0,
        map.version(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        map.placeOf(plan.shardId()),
        MigrationProgress.NONE,
        Optional.empty(),
        throttlePointsPerSecond,
        Optional.empty(),
        0,
        false,
        List.of(),
        List.of(),
        step.epochMillis(),
        OptionalLong.empty());
  }

  /** This migration, begun by another one. */
  public Migration from(MigrationOrigin newOrigin) {
    return edit(draft -> draft.origin = newOrigin);
  }

  /** The entry with which its phase began. */
  public PhaseEntry lastStep() {
    return steps.get(steps.size() - 1);
  }

  /** Whether it can still be cancelled: the flip has not happened yet. */
  public boolean reversible() {
    return switch (phase) {
      case PREPARED, JOINING, LEAVING, ADOPTING, COPYING, VERIFYING, WARMING -> true;
      case PROMOTED, REMOVED, SETTLING, DROPPING, COOLING, DONE, REVERTING, REVERTED, FAILED ->
          false;
    };
  }

  /** Whether it waits for something external and accepts a retry. */
  public boolean holds() {
    return state == MigrationState.HOLDING
        || (state == MigrationState.REVERTING && waitingOn.isPresent());
  }

  /** In another phase: it waits for nothing, and in a terminal phase it has ended. */
  public Migration entering(PhaseEntry step) {
    return edit(
        draft -> {
          draft.phase = step.phase();
          draft.state = MigrationState.in(step.phase());
          draft.steps = with(steps, step);
          draft.begunIn = List.of();
          draft.waitingOn = Optional.empty();
          draft.gate = Optional.empty();
          draft.updatedMillis = step.epochMillis();
          if (step.phase().isTerminal()) {
            draft.finishedMillis = OptionalLong.of(step.epochMillis());
            draft.progress = progress.ended();
          }
        });
  }

  private static List<PhaseEntry> with(List<PhaseEntry> steps, PhaseEntry step) {
    List<PhaseEntry> longer = new ArrayList<>(steps);
    longer.add(step);
    if (longer.size() > MAX_STEPS) {
      longer.remove(1);
    }
    return longer;
  }

  /** With this leader as its runner. */
  public Migration by(Runner newRunner) {
    return edit(draft -> draft.runner = newRunner);
  }

  /**
   * Whether leaders have begun this phase so often without progress that none should begin it
   * again.
   */
  public boolean beginsInVain(long term) {
    return begunIn.size() >= MAX_BEGINNINGS && !begunIn.contains(term);
  }

  /**
   * Begun by the leader of a term. Work that reads no pages of points cannot crash a leader, so
   * only the last such term is kept.
   */
  public Migration begunIn(long term) {
    return begunIn.contains(term)
        ? this
        : edit(
            draft -> {
              draft.begunIn = readsPoints() ? new ArrayList<>(begunIn) : new ArrayList<>();
              draft.begunIn.add(term);
            });
  }

  private boolean readsPoints() {
    return switch (phase) {
      case COPYING, VERIFYING, DROPPING, REVERTING -> true;
      default -> false;
    };
  }

  /** Waiting for something external: the leader that reports this was not ended by its work. */
  public Migration holdingIn(long term, WaitingOn hold) {
    Migration holding = withWaitingOn(Optional.of(hold));
    return begunIn.contains(term) ? holding.begunOnlyIn(term) : holding;
  }

  /** With this time of its last change. */
  public Migration at(long millis) {
    return edit(draft -> draft.updatedMillis = millis);
  }

  /** With this state. */
  public Migration withState(MigrationState newState) {
    return newState == state
        ? this
        : edit(
            draft -> {
              draft.state = newState;
              draft.gate = Optional.empty();
            });
  }

  /** Running, with the polls of routers held. */
  public Migration gated(Gate newGate) {
    return withState(MigrationState.RUNNING).edit(draft -> draft.gate = Optional.of(newGate));
  }

  /** With copies that the leader of this term verified; 0: none did. */
  public Migration verifiedIn(long term) {
    return edit(draft -> draft.verifiedTerm = term);
  }

  /** With the version of the joining or leaving map. */
  public Migration withVersionDuring(long version) {
    return edit(draft -> draft.versionDuring = OptionalLong.of(version));
  }

  /** With the version of the map that it ends with. */
  public Migration withVersionAfter(long version) {
    return edit(draft -> draft.versionAfter = OptionalLong.of(version));
  }

  /** With the numbers of a report. */
  public Migration withProgress(MigrationProgress report) {
    return edit(
        draft -> {
          draft.progress = progress.after(report);
          if (draft.progress.isFurtherThan(progress)) {
            draft.begunIn = List.of(runner.term());
          }
        });
  }

  /**
   * With progress in its phase: of the leaders that began it, only that of this term still counts.
   */
  public Migration begunOnlyIn(long term) {
    return edit(draft -> draft.begunIn = List.of(term));
  }

  /** With these parts in its progress. */
  public Migration withParts(List<MigrationPart> parts) {
    return edit(draft -> draft.progress = progress.withParts(parts));
  }

  /** Waiting for something else, or for nothing. */
  public Migration withWaitingOn(Optional<WaitingOn> newWaitingOn) {
    return edit(draft -> draft.waitingOn = newWaitingOn);
  }

  /** With another limit; 0: unlimited. */
  public Migration withThrottle(long pointsPerSecond) {
    return edit(draft -> draft.throttlePointsPerSecond = pointsPerSecond);
  }

  /** With a reason why it is reverted. */
  public Migration withError(String reason) {
    return edit(draft -> draft.error = Optional.of(reason));
  }

  /** With one more retry by an operator of what it waits for. */
  public Migration retryingNow() {
    return edit(
        draft -> {
          draft.retries = retries + 1;
          if (waitingOn.filter(hold -> hold.what().equals(WaitingOn.ATTEMPTS)).isPresent()) {
            draft.begunIn = List.of();
          }
          draft.retried = waitingOn;
        });
  }

  /** Ending without the removal of copies; these URLs may have some. */
  public Migration keepingCopies(List<String> urls) {
    return edit(
        draft -> {
          draft.keepCopies = true;
          draft.leftDirty = with(leftDirty, urls);
        });
  }

  /**
   * Without waiting for a shard any longer; these URLs may still have copies. Repeating it changes
   * nothing.
   */
  public Migration skipping(long shardId, List<String> urls) {
    return skipped.contains(shardId)
        ? this
        : edit(
            draft -> {
              draft.skipped = new ArrayList<>(skipped);
              draft.skipped.add(shardId);
              draft.leftDirty = with(leftDirty, urls);
            });
  }

  private static List<String> with(List<String> known, List<String> more) {
    return Stream.concat(known.stream(), more.stream()).distinct().toList();
  }

  private Migration edit(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished(this);
  }
}
