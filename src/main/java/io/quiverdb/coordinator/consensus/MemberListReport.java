// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.RemovedMember;
import java.util.List;
import java.util.Optional;

/**
 * The part of a member's report that 0.1.0 did not have: its version and the list of members.
 *
 * @param peer its Raft peer id; if empty, that is the member id
 * @param version of its program; empty if unknown
 * @param format the format of its replicated state
 * @param members the list in its log; empty if there is none
 * @param removed the members that were removed from the list
 * @param waitingOn what the change of the list waits for, if this member leads
 */
public record MemberListReport(
    String peer,
    String version,
    int format,
    List<Member> members,
    List<RemovedMember> removed,
    Optional<String> waitingOn) {
  /** For a member that does not report these. */
  public static final MemberListReport NONE =
      new MemberListReport("", "", 1, List.of(), List.of(), Optional.empty());

  public MemberListReport {
    members = List.copyOf(members);
    removed = List.copyOf(removed);
  }
}
