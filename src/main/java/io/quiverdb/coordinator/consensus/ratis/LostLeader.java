// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import java.time.Duration;

/**
 * Opens new connections to all others if no leader has been known for long: gRPC may still refuse
 * to connect because of earlier failures. Used by one thread, once in every freshness interval.
 */
final class LostLeader {
  private final RatisSettings settings;
  private final KnownMembers members;
  private int looks;

  LostLeader(RatisSettings settings, KnownMembers members) {
    this.settings = settings;
    this.members = members;
  }

  void look(RaftNode running) {
    looks = running.leaderId().isPresent() ? 0 : looks + 1;
    Duration alone = settings.freshnessInterval().multipliedBy(looks);
    if (alone.compareTo(settings.timing().electionMax().multipliedBy(2)) > 0) {
      looks = 0;
      for (Member other : members.others()) {
        var unused = running.reconnect(other.id());
      }
    }
  }
}
