// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.model.ClusterState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The observations of one member at one time.
 *
 * @param node its id
 * @param leader the leader's id, if it knows one
 * @param failureTolerance how many members may fail now; empty if unknown
 * @param members the list of members, each asked a moment ago
 * @param state the state that it has applied
 * @param routers the registered ones
 * @param certificateLeft how long its certificate is valid; empty: it has none
 * @param diskFree free bytes on the disk of its data directory; empty if unknown
 * @param alarms the alarms that it raises
 */
public record Observed(
    String node,
    Optional<String> leader,
    OptionalInt failureTolerance,
    List<Member> members,
    ClusterState state,
    List<Router> routers,
    Optional<Duration> certificateLeft,
    OptionalLong diskFree,
    List<Alarm> alarms) {
  public Observed {
    members = List.copyOf(members);
    routers = List.copyOf(routers);
    alarms = List.copyOf(alarms);
  }

  /**
   * A member.
   *
   * @param votes whether it votes; empty: not known
   * @param answers whether it answered just now
   * @param version of its program; empty if unknown
   * @param format of its state; empty if unknown
   */
  public record Member(
      String id,
      Optional<Boolean> votes,
      boolean answers,
      Optional<String> version,
      Optional<Integer> format) {
    boolean isVoter() {
      return votes.orElse(true);
    }
  }

  /**
   * A registered router.
   *
   * @param confirmed whether it follows the newest map
   * @param lastError why it could not be asked; empty if it could
   */
  public record Router(String url, boolean confirmed, Optional<String> lastError) {}
}
