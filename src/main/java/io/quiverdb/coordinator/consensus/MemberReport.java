// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a member says of itself to the other members.
 *
 * @param id its member id
 * @param ensemble the name of its ensemble
 * @param incarnation a random name that it made when its data directory was new; another one after
 *     it was wiped. Empty while it does not know yet what it holds: then the report is no answer
 * @param members whom it is configured with: {@code id=host:port} of each Raft server, sorted
 * @param knownIncarnations by member id: the incarnations with which it founded the ensemble, and
 *     those that were admitted since; on its disk. Empty if it has no data
 * @param retired incarnations, of whichever member, that were replaced and never vote again
 * @param empty whether it holds no log entry and no snapshot
 * @param role what it is in the ensemble
 * @param ready whether it has caught up and may serve the map
 * @param term its current term
 * @param lastLogIndex the last index of its log; -1 if none
 * @param commitIndex the highest index that it knows to be committed; -1 if none
 * @param appliedIndex the last index that it applied; -1 if none
 * @param stalenessMillis how old its state may be; empty if it does not know
 * @param unreachable by id of a leader that it hears, but whose Raft address takes no connection
 *     from it: why. It cannot prove then that its map is current. Empty if there is none
 * @param noVote why it grants no vote yet although it has data; empty if it does, or has none
 * @param maxFormat the highest format that its build can read and write
 * @param bootable whether it has something configured to bootstrap from
 * @param bootstrapped whether its state has been bootstrapped
 * @param clockMillis its wall clock, milliseconds since 1970-01-01T00:00:00Z
 * @param list what it says of the list of members
 */
public record MemberReport(
    String id,
    String ensemble,
    String incarnation,
    List<String> members,
    Map<String, String> knownIncarnations,
    List<String> retired,
    boolean empty,
    Leadership.Role role,
    boolean ready,
    long term,
    long lastLogIndex,
    long commitIndex,
    long appliedIndex,
    OptionalLong stalenessMillis,
    Map<String, String> unreachable,
    String noVote,
    int maxFormat,
    boolean bootable,
    boolean bootstrapped,
    long clockMillis,
    MemberListReport list) {
  /** Copies the collections. */
  public MemberReport {
    members = List.copyOf(members);
    retired = List.copyOf(retired);
    unreachable = Map.copyOf(unreachable);
    knownIncarnations = Map.copyOf(knownIncarnations);
  }

  /** Its Raft peer id. */
  public String peer() {
    return list.peer().isEmpty() ? id : list.peer();
  }
}
