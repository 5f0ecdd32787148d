// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members as this one knows them. It starts with the configuration; the list in the data
 * directory replaces that, and the list in the log replaces both. Thread-safe.
 */
final class KnownMembers implements Members {
  private final String self;
  private volatile Known known;
  private MemberList followed = MemberList.EMPTY;

  /**
   * The list.
   *
   * @param recorded whether it comes from the log
   * @param joining the member in it that does not vote yet
   */
  private record Known(List<Member> all, boolean recorded, Optional<String> joining) {}

  /**
   * Between two lists.
   *
   * @param moved the ids of those whose Raft address is another one
   * @param gone the ids of those that are in the older one only
   */
  record Difference(Set<String> moved, Set<String> gone) {
    static final Difference NONE = new Difference(Set.of(), Set.of());
  }

  KnownMembers(String self, List<Member> configured) {
    this.self = self;
    this.known = new Known(List.copyOf(configured), false, Optional.empty());
  }

  @Override
  public List<Member> all() {
    return known.all();
  }

  /** The members besides this one. */
  List<Member> others() {
    return known.all().stream().filter(member -> !member.id().equals(self)).toList();
  }

  /** The others without a member that is still being added: it knows nothing of the past. */
  List<String> established() {
    Known now = known;
    return now.all().stream()
        .map(Member::id)
        .filter(id -> !id.equals(self) && !now.joining().equals(Optional.of(id)))
        .toList();
  }

  /** Whether the list comes from the log. */
  boolean recorded() {
    return known.recorded();
  }

  /** Takes the list from the data directory or from another member's report. */
  void recall(List<Member> noted) {
    if (!noted.isEmpty()) {
      known = new Known(List.copyOf(noted), false, Optional.empty());
    }
  }

  /**
   * Takes the list from the log, if the log has one.
   *
   * @return what has changed
   */
  synchronized Difference follow(MemberList list) {
    if (!list.isRecorded() || list.equals(followed)) {
      return Difference.NONE;
    }
    followed = list;
    List<Member> before = known.all();
    known =
        new Known(
            list.members().stream().map(Member::of).toList(),
            true,
            list.change().flatMap(MemberChange::joining));
    Set<String> moved = new TreeSet<>();
    Set<String> gone = new TreeSet<>();
    for (Member old : before) {
      Optional<Member> now = find(old.id());
      if (now.isEmpty()) {
        gone.add(old.id());
      } else if (!now.get().raft().equals(old.raft())) {
        moved.add(old.id());
      }
    }
    return new Difference(moved, gone);
  }
}
