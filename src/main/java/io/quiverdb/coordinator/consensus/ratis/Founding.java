// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a member without data may vote.
 *
 * <p>A member that lost its data grants its vote to candidates that lack what it once acknowledged.
 * So it could help to elect a leader without an entry that it had itself helped to commit. (Ratis
 * does not count the vote of an empty log, but that of a log that was filled halfway.) So an empty
 * member votes only if it has certainly never voted before, which is so if no member remembers an
 * earlier incarnation of it: every member writes down, before it starts Raft, the incarnations of
 * the other founders. Two members whose Raft servers ever ran at the same time know each other's
 * incarnation. So at least one member does not know the new incarnation of a member that was wiped
 * since.
 */
final class Founding {
  private Founding() {}

  /** What to do. */
  sealed interface Decision {
    /** Vote in the first configuration, remembering who the others are. */
    record Found(Map<String, String> incarnations) implements Decision {}

    /** Wait until the leader has removed the old incarnation. Final. */
    record Rejoin(String reason) implements Decision {}

    /** Ask again later: what is known so far does not allow a vote. */
    record Wait(String reason) implements Decision {}
  }

  /**
   * Decides for a member in {@link Identity.Standing#FOUNDING}.
   *
   * @param self its id
   * @param incarnation its incarnation
   * @param members its configured members, including itself
   * @param others the ids of all other configured members
   * @param heard the reports of the members that answered. A report without an incarnation counts
   *     as none: its member does not know yet what data it has
   */
  static Decision decide(
      String self,
      String incarnation,
      List<String> members,
      Collection<String> others,
      PeerAnswers heard) {
    Map<String, MemberReport> answers = heard.reports();
    Map<String, String> incarnations = new TreeMap<>();
    List<String> homeless = new ArrayList<>();
    boolean vouched = false;
    List<String> silent =
        others.stream().filter(id -> !answered(answers.get(id))).sorted().toList();
    SortedMap<String, List<String>> unequal = new TreeMap<>();
    answers.forEach((id, report) -> unequal.put(id, report.members()));
    unequal.keySet().retainAll(others);
    unequal.values().removeIf(members::equals);
    if (!unequal.isEmpty()) {
      return new Decision.Wait(otherLists(members, unequal));
    }
    for (String id : others) {
      MemberReport report = answers.get(id);
      if (report == null || !answered(report)) {
        continue;
      }
      boolean hasPast = !report.empty() || !report.knownIncarnations().isEmpty();
      if (hasPast && !incarnation.equals(report.knownIncarnations().get(self))) {
        return new Decision.Rejoin(
            id
                + (report.empty() ? " has founded the ensemble" : " holds data")
                + (report.knownIncarnations().containsKey(self)
                    ? " and knows another incarnation of this member"
                    : " and does not know this member's incarnation"));
      }
      vouched |= hasPast;
      // A member that waits to be added again must be admitted by a leader, not by a founder's
      // memory.
      if (report.role() == Leadership.Role.REJOINING) {
        homeless.add(id);
      } else {
        incarnations.put(id, report.incarnation());
      }
    }
    if (!silent.isEmpty()) {
      return new Decision.Wait("no answer yet from " + String.join(", ", silent));
    }
    if (!homeless.isEmpty() && !vouched) {
      return new Decision.Wait(
          String.join(", ", homeless)
              + " lost data of this ensemble, and no member that answers has any. If it is lost for"
              + " good, empty the data directories of all members and restore a backup");
    }
    return new Decision.Found(incarnations);
  }

  /** With two different lists there could be two majorities without a common member. */
  private static String otherLists(List<String> members, SortedMap<String, List<String>> unequal) {
    return "ensemble.members must be the same everywhere. Here it is "
        + String.join(", ", members)
        + ", but "
        + unequal.entrySet().stream()
            .map(e -> e.getKey() + " is configured with " + String.join(", ", e.getValue()))
            .collect(Collectors.joining("; "))
        + ". Correct the files that are wrong, and restart those members";
  }

  /** Each with the reason why nothing is known of it. */
  static String list(PeerAnswers heard, Collection<String> ids, String ifItAnswered) {
    return ids.stream()
        .sorted()
        .map(id -> id + " (" + heard.why(id, ifItAnswered) + ")")
        .collect(Collectors.joining(", "));
  }

  private static boolean answered(@Nullable MemberReport report) {
    return report != null && !report.incarnation().isEmpty();
  }
}
