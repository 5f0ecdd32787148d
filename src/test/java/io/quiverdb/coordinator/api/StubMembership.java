// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.Membership;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The first member votes, and the troubles are those that a test sets. */
final class StubMembership implements Membership {
  volatile List<Trouble> troubles = List.of();

  @Override
  public Optional<Set<String>> voters() {
    return Optional.of(Set.of("c1"));
  }

  @Override
  public List<Trouble> troubles() {
    return troubles;
  }

  @Override
  public Optional<Set<String>> following() {
    return Optional.of(Set.of());
  }
}
