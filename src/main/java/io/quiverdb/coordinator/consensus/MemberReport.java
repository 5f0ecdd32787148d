// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A member's report about itself for the other members.
 *
 * @param id its member id
 * @param ensemble the name of its ensemble
 * @param incarnation a random name of its data directory; a wiped directory gets another one. Empty
 *     while the member does not know yet what data it has; such a report counts as no answer
 * @param members its configured members: {@code id=host:port} of each Raft server, sorted
 * @param knownIncarnations the incarnations on its disk, by member id: those of the founders, and
 *     those admitted since. Empty if it has no data
 * @param retired incarnations of any member that were replaced and never vote again
 * @param empty whether it holds no log entry and no snapshot
 * @param role its role in the ensemble
 * @param ready whether it has caught up and may serve the map
 * @param term its current term
 * @param lastLogIndex the last index of its log; -1 if none
 * @param commitIndex the highest index that it knows to be committed; -1 if none
 * @param appliedIndex the last index that it applied; -1 if none
 * @param stalenessMillis the proven age of its state; empty if it has no proof
 * @param unreachable why it cannot connect to the Raft address of a leader that it hears from, by
 *     the leader's id. It then cannot prove that its map is current. Empty if there is no such
 *     leader
 * @param noVote why it grants no vote yet although it has data; empty if it does, or has none
 * @param maxFormat the highest format that its build can read and write
 * @param bootable whether a bootstrap is configured for it
 * @param bootstrapped whether its state has been bootstrapped
 * @param clockMillis its wall clock, milliseconds since 1970-01-01T00:00:00Z
 * @param list its version and its list of members
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
