// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Several migrations, one after the other.
 *
 * @param id from 1, never used again
 * @param state how it stands
 * @param steps in their order
 * @param pointsPerSecond how fast each may copy; 0: unlimited
 * @param createdMillis when it was asked for: milliseconds since 1970-01-01T00:00:00Z, for people
 * @param finishedMillis when it ended
 * @param error why it stopped
 */
public record ClusterPlan(
    long id,
    State state,
    List<PlanStep> steps,
    long pointsPerSecond,
    long createdMillis,
    OptionalLong finishedMillis,
    Optional<String> error) {
  /** The most steps. */
  public static final int MAX_STEPS = 32;

  /** The longest error, in characters. */
  public static final int MAX_ERROR = 300;

  /** How a plan stands. */
  public enum State {
    /** The leader begins the next step when the one before is done. */
    RUNNING,
    /** An operator has paused it: no further step begins. */
    PAUSED,
    /** The end: all steps are done. */
    DONE,
    /** A step failed: an operator may resume the plan at that step. */
    STOPPED,
    /** The end: an operator has cancelled it. */
    CANCELLED;

    /** The stable name in log entries, snapshots and answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the list. */
  public ClusterPlan {
    steps = List.copyOf(steps);
  }

  /** Whether it may begin a step, now or when it is resumed. */
  public boolean isActive() {
    return state == State.RUNNING || state == State.PAUSED;
  }

  /** The length of its URLs. */
  long bytes() {
    return steps.stream()
        .mapToLong(
            step ->
                step.url().length() + step.replicaUrls().stream().mapToLong(String::length).sum())
        .sum();
  }

  /** The place of the first step that is not done. */
  public OptionalInt current() {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).state() != PlanStep.State.DONE) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** The place of the step that is to begin now. */
  public OptionalInt next() {
    OptionalInt current = current();
    boolean waits =
        state == State.RUNNING
            && current.isPresent()
            && steps.get(current.getAsInt()).state() == PlanStep.State.WAITING;
    return waits ? current : OptionalInt.empty();
  }

  /** The place of the step whose migration this is. */
  public OptionalInt running(long migration) {
    for (int i = 0; i < steps.size(); i++) {
      PlanStep step = steps.get(i);
      if (step.state() == PlanStep.State.RUNNING
          && step.migration().equals(OptionalLong.of(migration))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** With a step changed. */
  public ClusterPlan with(int place, PlanStep step) {
    List<PlanStep> changed = new ArrayList<>(steps);
    changed.set(place, step);
    return new ClusterPlan(
        id, state, changed, pointsPerSecond, createdMillis, finishedMillis, error);
  }

  /** In a state in which it goes on. */
  public ClusterPlan in(State newState) {
    return new ClusterPlan(
        id,
        newState,
        steps,
        pointsPerSecond,
        createdMillis,
        OptionalLong.empty(),
        Optional.empty());
  }

  /**
   * Ended, or stopped.
   *
   * @param reason empty if all is done
   */
  public ClusterPlan ended(State end, String reason, long millis) {
    return new ClusterPlan(
        id,
        end,
        steps,
        pointsPerSecond,
        createdMillis,
        OptionalLong.of(millis),
        EndReason.of(reason, MAX_ERROR));
  }
}
