// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list of members. Empty in format 1, where each member uses its configuration.
 *
 * @param members in the order in which they were added
 * @param change the change under way
 * @param removed the removed members, the newest last
 */
public record MemberList(
    List<EnsembleMember> members, Optional<MemberChange> change, List<RemovedMember> removed) {
  /** The first format with a list of members in the log. */
  public static final int SINCE_FORMAT = 2;

  /** The most members that an ensemble can have. */
  public static final int MAX_MEMBERS = 9;

  /** How many removed members are remembered. */
  public static final int MAX_REMOVED = 64;

  /** Nothing is recorded yet. */
  public static final MemberList EMPTY = new MemberList(List.of(), Optional.empty(), List.of());

  public MemberList {
    members = List.copyOf(members);
    removed = List.copyOf(removed);
  }

  /** Whether the log has a list of members. */
  public boolean isRecorded() {
    return !members.isEmpty();
  }

  /** The member with this id. */
  public Optional<EnsembleMember> find(String id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst();
  }

  /** The member that was last removed with this id. */
  public Optional<RemovedMember> findRemoved(String id) {
    return removed.stream().filter(gone -> gone.id().equals(id)).reduce((older, newer) -> newer);
  }

  /** Another member that has one of these addresses. */
  public Optional<EnsembleMember> collision(EnsembleMember wanted) {
    return members.stream()
        .filter(member -> !member.id().equals(wanted.id()) && member.collides(wanted))
        .findFirst();
  }

  /** With these members. */
  public MemberList with(List<EnsembleMember> recorded) {
    return new MemberList(recorded, change, removed);
  }

  /** With one more member. */
  public MemberList plus(EnsembleMember member) {
    List<EnsembleMember> longer = new ArrayList<>(members);
    longer.add(member);
    return with(longer);
  }

  /** With a member at other addresses. */
  public MemberList moved(EnsembleMember member) {
    return with(
        members.stream().map(each -> each.id().equals(member.id()) ? member : each).toList());
  }

  /** Without a member, which is remembered. */
  public MemberList without(RemovedMember gone) {
    List<RemovedMember> longer = new ArrayList<>(removed);
    longer.add(gone);
    int excess = Math.max(0, longer.size() - MAX_REMOVED);
    return new MemberList(
        members.stream().filter(member -> !member.id().equals(gone.id())).toList(),
        change,
        longer.subList(excess, longer.size()));
  }

  /** With a change under way. */
  public MemberList begun(MemberChange begun) {
    return new MemberList(members, Optional.of(begun), removed);
  }

  /** With none under way. */
  public MemberList settled() {
    return new MemberList(members, Optional.empty(), removed);
  }
}
