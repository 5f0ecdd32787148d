// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The possible values of a key after the operations of its only writer.
 *
 * @param allowed the possible values; empty means absent. More than one after an operation that was
 *     not acknowledged, because it may have taken effect, or may do so later
 */
record PossibleValues(Set<Optional<Long>> allowed) {
  /** Copies the set. */
  PossibleValues {
    allowed = Set.copyOf(allowed);
  }

  static PossibleValues exactly(Optional<Long> value) {
    return new PossibleValues(Set.of(value));
  }

  PossibleValues or(Optional<Long> value) {
    return allowed.contains(value)
        ? this
        : new PossibleValues(
            Stream.concat(allowed.stream(), Stream.of(value))
                .collect(Collectors.toUnmodifiableSet()));
  }

  boolean sure() {
    return allowed.size() == 1;
  }
}
