// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.MemberReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds followers that make no progress although they answer over Raft (RATIS-2523): the leader
 * assumes entries on them that they have lost, and sends them what they cannot append. A follower
 * that does not answer makes no progress either, but because its network, its disk or its start is
 * slow: another leader would not help. Used by one thread.
 */
final class StalledFollowerDetector {
  private record Seen(long match, long applied, long sinceNanos) {}

  private final long afterNanos;
  private final Duration patience;
  private final Map<String, Seen> seen = new HashMap<>();

  /**
   * No follower was seen yet.
   *
   * @param after for how long a follower must make no progress
   * @param patience the longest silence over Raft in that time
   */
  StalledFollowerDetector(Duration after, Duration patience) {
    this.afterNanos = after.toNanos();
    this.patience = patience;
  }

  /** Forgets everything: leadership began or ended. */
  void reset() {
    seen.clear();
  }

  /**
   * Whether this follower has answered and made no progress for long.
   *
   * @param commit what the leader has committed so far
   * @param firstIndex the first index in the leader's log. A follower that needs an earlier one is
   *     being sent a snapshot, which shows no progress until it is complete
   */
  boolean check(
      MemberProgress follower, MemberReport report, long commit, long firstIndex, long nowNanos) {
    Seen now = new Seen(follower.matchIndex(), report.appliedIndex(), nowNanos);
    Seen before = seen.putIfAbsent(follower.id(), now);
    boolean moved =
        before == null || now.match() != before.match() || now.applied() != before.applied();
    boolean behind = report.appliedIndex() < commit && report.lastLogIndex() < commit;
    boolean snapshot = follower.nextIndex() < firstIndex;
    boolean silent = follower.silence().compareTo(patience) > 0;
    if (before == null || moved || !behind || snapshot || silent) {
      seen.put(follower.id(), now);
      return false;
    }
    return nowNanos - before.sinceNanos() >= afterNanos;
  }
}
