// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.OptionalLong;
import org.apache.ratis.server.DivisionInfo;

/**
 * The term in which a majority confirms a read that is handed to Ratis now.
 *
 * <p>Ratis answers a read of a leader that is not ready as soon as the first entry of its term is
 * applied. The acknowledgements of that entry may be older than the read: a leader that was paused
 * would answer with its old state, though another one leads. So a read counts only if the member
 * followed, or led and was ready, before and after it in one term. In between it cannot have become
 * a leader, because that takes another term.
 */
final class SteadyTerm {
  private SteadyTerm() {}

  /** Empty while the member asks for votes, or leads and is not ready. */
  static OptionalLong of(DivisionInfo info) {
    long before = info.getCurrentTerm();
    boolean steady = info.isLeader() ? info.isLeaderReady() : !info.isCandidate();
    return steady && info.getCurrentTerm() == before
        ? OptionalLong.of(before)
        : OptionalLong.empty();
  }
}
