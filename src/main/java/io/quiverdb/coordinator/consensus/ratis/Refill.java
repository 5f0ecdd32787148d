// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Quorum;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Advises the operator of a data directory that has lost data. The advice depends on what the
 * others have.
 */
final class Refill {
  private Refill() {}

  /**
   * The advice.
   *
   * @param others the ids of the other members
   * @param heard their newest reports
   */
  static String advice(Path dataDir, List<String> others, PeerAnswers heard) {
    String recover = "\"recover " + dataDir + " --partial\" saves what can be read of it";
    if (others.isEmpty()) {
      return "There is no other member that holds the data: check the disk, put the files"
          + " back, or restore a backup into an emptied directory; "
          + recover
          + ".";
    }
    List<String> holders =
        others.stream().filter(id -> holds(heard.reports().get(id))).sorted().toList();
    // The others must be a majority without this member, so that it can be removed and added again.
    if (holders.size() >= Quorum.majority(others.size() + 1)) {
      return String.join(", ", holders)
          + " answered and hold the data of this ensemble, so this copy is not needed: check the"
          + " disk, empty this member's data directory as a whole (copy spills/ away first, if it"
          + " is there) and start it; it is filled from them.";
    }
    return "Do not empty this directory: "
        + (holders.isEmpty() ? "none" : "only " + String.join(", ", holders))
        + " of the other members answered with data ("
        + others.stream()
            .filter(id -> !holders.contains(id))
            .sorted()
            .map(id -> id + ": " + heard.why(id, "has no data"))
            .collect(Collectors.joining("; "))
        + "), so this copy may be needed. Start the others first, then this member again: it asks"
        + " once more. If their data is lost, "
        + recover
        + ".";
  }

  private static boolean holds(@Nullable MemberReport report) {
    return report != null
        && !report.incarnation().isEmpty()
        && !report.empty()
        && report.role() != Leadership.Role.REJOINING;
  }
}
