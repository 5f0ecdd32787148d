// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a key may hold after all that its one writer did to it.
 *
 * @param allowed the values that nothing speaks against; empty: absent. More than one once an
 *     operation was not acknowledged: it may have happened, and may still do so
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
