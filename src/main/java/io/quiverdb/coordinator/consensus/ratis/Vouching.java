// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.MemberReport;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether a member with data may vote, or is an older copy of one that has lost its data since.
 *
 * <p>A member is admitted under a new incarnation only when so many others have recorded it on
 * their disks that each majority has one of them. So an older copy that asks enough of the others
 * meets one that knows of its successor, and a member that as many vouch for has no successor.
 * Together with them it would be a majority, so it waits for no member that it could do without.
 */
final class Vouching {
  private Vouching() {}

  /** What the others know of a member with data. */
  sealed interface Verdict {
    /** It has no successor. */
    record Vouched() implements Verdict {}

    /** It was replaced, as this member knows. */
    record Retired(String by) implements Verdict {}

    /** Too few of the members that know it have answered. */
    record Unknown(String reason) implements Verdict {}
  }

  /** How many of the others must know of an admission before it is valid. */
  static int admitting(int others) {
    return others / 2 + 1;
  }

  /** How many of the others must vouch, so that at least one of them would know of an admission. */
  static int vouching(int others) {
    return others - admitting(others) + 1;
  }

  /**
   * Judges from the reports.
   *
   * @param self the member's id
   * @param replaced incarnations that the member itself knows to have been replaced. A member that
   *     knows it under one of them was down when it was admitted, and knows of no successor
   * @param others the ids of the other members
   */
  static Verdict judge(
      String self,
      String incarnation,
      Collection<String> replaced,
      Collection<String> others,
      PeerAnswers heard) {
    for (String id : others) {
      MemberReport report = heard.reports().get(id);
      if (report != null && report.retired().contains(incarnation)) {
        return new Verdict.Retired(id);
      }
    }
    List<String> knowing =
        Stream.concat(Stream.of(incarnation), replaced.stream())
            .flatMap(each -> knowing(self, each, heard).stream())
            .toList();
    if (knowing.size() >= Math.min(vouching(others.size()), others.size())) {
      return new Verdict.Vouched();
    }
    return new Verdict.Unknown(
        "it has to hear from "
            + vouching(others.size())
            + " of the others that it was not replaced since: "
            + Founding.list(
                heard,
                others.stream().filter(id -> !knowing.contains(id)).toList(),
                "does not know this member's data directory"));
  }

  /** The members that know this one under this incarnation. */
  static List<String> knowing(String self, String incarnation, PeerAnswers heard) {
    return heard.reports().values().stream()
        .filter(report -> incarnation.equals(report.knownIncarnations().get(self)))
        .map(MemberReport::id)
        .sorted()
        .toList();
  }
}
