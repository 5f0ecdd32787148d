// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks other members for their reports. Thread-safe. */
public interface Peers {
  /**
   * Asks one member for its report.
   *
   * @return completes within a second; exceptionally if it did not answer, or answered as another
   *     member or another ensemble
   */
  CompletableFuture<MemberReport> report(Member member);

  /** When a member last answered any request of this one; empty if it never has. */
  default Optional<Instant> lastContact(String memberId) {
    return Optional.empty();
  }
}
