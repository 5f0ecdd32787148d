// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.MemberReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Detects that this leader reaches its followers, but none of them reaches it. It commits, but they
 * cannot ask it for the age of their state, so they serve no map.
 *
 * <p>Followers that are not ready prove nothing: on a busy machine none may be ready for long. So
 * each must have tried to connect to this leader's Raft address and have failed, in every round of
 * the whole time. The kernel accepts a connection even if the listening process does not run, so
 * load alone does not look like that. A member that is ready, or does not answer over HTTP in a
 * round, restarts the time. The members that complain must be a majority without this leader: it
 * may be deaf to its successor too, and a successor whose only other voter is this member could not
 * lead. Used by one thread.
 */
final class DeafLeader {
  private final String self;
  private final long afterNanos;
  private OptionalLong since = OptionalLong.empty();

  /**
   * No member has complained yet.
   *
   * @param after for how long all must complain
   */
  DeafLeader(String self, Duration after) {
    this.self = self;
    this.afterNanos = after.toNanos();
  }

  /** Forgets everything: leadership began or ended. */
  void reset() {
    since = OptionalLong.empty();
  }

  /** One round, with the newest reports of the others. */
  boolean check(Set<String> voters, Map<String, MemberReport> reports, long nowNanos) {
    if (!cutOff(voters, reports)) {
      reset();
      return false;
    }
    if (since.isEmpty()) {
      since = OptionalLong.of(nowNanos);
    }
    return nowNanos - since.getAsLong() >= afterNanos;
  }

  private boolean cutOff(Set<String> voters, Map<String, MemberReport> reports) {
    List<MemberReport> others =
        voters.stream()
            .filter(id -> !id.equals(self))
            .map(reports::get)
            .filter(Objects::nonNull)
            .toList();
    long complaining =
        others.stream().filter(report -> report.unreachable().containsKey(self)).count();
    return others.stream().noneMatch(MemberReport::ready)
        && Readmission.keepsQuorum(voters.size(), (int) complaining);
  }
}
