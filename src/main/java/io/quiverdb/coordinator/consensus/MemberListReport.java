// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.RemovedMember;
import java.util.List;
import java.util.Optional;

/**
 * What a member says of itself and of the list of members that 0.1.0 did not say.
 *
 * @param peer its Raft peer id; the member id if it is empty
 * @param version of its program; empty if it does not say
 * @param format the format of its replicated state
 * @param members as its log says; empty if that says nothing
 * @param removed those that were taken out of the list
 * @param waitingOn as leader: what the change of the list waits for
 */
public record MemberListReport(
    String peer,
    String version,
    int format,
    List<Member> members,
    List<RemovedMember> removed,
    Optional<String> waitingOn) {
  /** Of a member that says nothing of it. */
  public static final MemberListReport NONE =
      new MemberListReport("", "", 1, List.of(), List.of(), Optional.empty());

  public MemberListReport {
    members = List.copyOf(members);
    removed = List.copyOf(removed);
  }
}
