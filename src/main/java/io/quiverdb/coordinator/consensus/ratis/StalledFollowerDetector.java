// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.MemberReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds followers that stand still although they answer over Raft (RATIS-2523): the leader holds
 * them to have entries that they lost, and sends them what they cannot append, for ever. One that
 * does not answer stands still too, but because its network, its disk or its start is slow: no
 * leader can do anything about that. Used by one thread.
 */
final class StalledFollowerDetector {
  private record Seen(long match, long applied, long sinceNanos) {}

  private final long afterNanos;
  private final Duration patience;
  private final Map<String, Seen> seen = new HashMap<>();

  /**
   * Nobody was seen yet.
   *
   * @param after how long one must stand still
   * @param patience the longest that it may not have answered over Raft meanwhile
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
   * Whether this follower has answered and stood still for long.
   *
   * @param commit what the leader has committed by now
   * @param firstIndex the first index in the leader's log: a follower that needs less is being sent
   *     a snapshot, which moves nothing until it is there
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
