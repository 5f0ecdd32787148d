// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.consensus.Quorum;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks whether an ensemble can lose a member. */
final class RemovalCheck {
  private RemovalCheck() {}

  /**
   * Whether the rules would start to remove this member. A refused or repeated removal needs no
   * check.
   */
  static boolean concerns(MemberList list, String id) {
    if (list.find(id).isEmpty() || list.members().size() == 1) {
      return false;
    }
    return list.change()
        .map(change -> change.id().equals(id) && change.leaving().isEmpty())
        .orElse(true);
  }

  /**
   * Refuses a removal after which nothing could be committed. Without {@code force} it also refuses
   * a removal that leaves an even number of members.
   *
   * @param voters the voting members
   * @param healthy the members that are up and follow
   * @param force whether an even number of members is wanted
   * @throws ApiException 409 with the name of the check
   */
  static void require(
      MemberList list, String id, Set<String> voters, Set<String> healthy, boolean force) {
    quorum(id, voters, healthy);
    int left = list.members().size() - 1;
    boolean undone = list.change().flatMap(MemberChange::joining).equals(Optional.of(id));
    if (left % 2 == 0 && !force && !undone) {
      throw failed(
          "even",
          left
              + " members would be left, which survive no more losses than "
              + (left - 1)
              + "; to replace member "
              + id
              + " use members replace; to remove it anyway, and another one after it,"
              + " repeat"
              + " with force");
    }
  }

  private static void quorum(String id, Set<String> voters, Set<String> healthy) {
    if (!voters.contains(id)) {
      return;
    }
    Set<String> up = new TreeSet<>(voters);
    up.retainAll(healthy);
    boolean commits = up.size() >= Quorum.majority(voters.size());
    up.remove(id);
    int needed = Quorum.majority(voters.size() - 1);
    if (!commits || up.size() < needed) {
      throw failed(
          "quorum",
          "of the "
              + (voters.size() - 1)
              + " members that would be left to vote "
              + (up.isEmpty() ? "none is healthy" : "only " + String.join(", ", up) + " healthy")
              + ", and "
              + needed
              + " are needed to commit anything; start the others first");
    }
  }

  /** 409 with the name of the check. */
  static ApiException failed(String check, String detail) {
    return new ApiException(Fault.CONFLICT, check + ": " + detail, Map.of("check", check));
  }
}
