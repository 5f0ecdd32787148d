// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.util.List;
import java.util.Optional;

/** The immediate result of a search. */
public sealed interface SearchOutcome {
  /**
   * An answer.
   *
   * @param matches nearest first
   */
  record Found(List<Match> matches) implements SearchOutcome {
    /** Copies the list, so that the record is immutable. */
    public Found {
      matches = List.copyOf(matches);
    }
  }

  /**
   * The search waits for an index build: make it again when the time is over.
   *
   * @param nanos how long the build still takes, 0 or more
   */
  record Waiting(long nanos) implements SearchOutcome {}

  /**
   * One match.
   *
   * @param id the point's id
   * @param score by the collection's metric, of the vector that the index knows
   * @param payload the payload as it is now, if wanted; empty too if the point was deleted since
   * @param vector the vector as it is now, if wanted; empty too if the point was deleted since
   */
  record Match(String id, float score, Optional<String> payload, Optional<FloatVector> vector) {}
}
