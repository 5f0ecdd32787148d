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
record Expected(Set<Optional<Long>> allowed) {
  /** Copies the set. */
  Expected {
    allowed = Set.copyOf(allowed);
  }

  static Expected exactly(Optional<Long> value) {
    return new Expected(Set.of(value));
  }

  Expected or(Optional<Long> value) {
    return allowed.contains(value)
        ? this
        : new Expected(
            Stream.concat(allowed.stream(), Stream.of(value))
                .collect(Collectors.toUnmodifiableSet()));
  }

  boolean sure() {
    return allowed.size() == 1;
  }
}
