// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.Membership;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The first member votes, unless a test says otherwise; the troubles are those that it sets. */
final class StubMembership implements Membership {
  volatile List<Trouble> troubles = List.of();
  volatile Set<String> voters = Set.of("c1");
  volatile Set<String> following = Set.of();

  @Override
  public Optional<Set<String>> voters() {
    return Optional.of(voters);
  }

  @Override
  public List<Trouble> troubles() {
    return troubles;
  }

  @Override
  public Optional<Set<String>> following() {
    return Optional.of(following);
  }
}
