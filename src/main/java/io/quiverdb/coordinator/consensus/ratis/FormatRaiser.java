// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StateView;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Raises the format of entries and snapshots once every member can read the next one. Members can
 * thus be upgraded one by one, without an outage. Used by the leader; the rules refuse a command of
 * an older term.
 */
final class FormatRaiser {
  private final RatisSettings settings;
  private final KnownMembers members;
  private final int ownFormat;
  private final Supplier<Set<String>> voters;
  private final StateView view;
  private final RoundCommands commands;

  /**
   * A raiser.
   *
   * @param voters the ids of the voting members. A voter that this member's configuration does not
   *     name cannot be asked, and so prevents the raise
   */
  FormatRaiser(
      RatisSettings settings,
      KnownMembers members,
      int ownFormat,
      Supplier<Set<String>> voters,
      StateView view,
      RoundCommands commands) {
    this.settings = settings;
    this.members = members;
    this.voters = voters;
    this.ownFormat = ownFormat;
    this.view = view;
    this.commands = commands;
  }

  /** Runs one round on the newest reports of the others. */
  void look(Leadership.View leading, Map<String, MemberReport> reports) {
    int next = view.current().state().format() + 1;
    if (ownFormat >= next && everyoneReads(next, reports)) {
      commands.submit(new Command.RaiseFormat(next, leading.term()));
    }
  }

  private boolean everyoneReads(int format, Map<String, MemberReport> reports) {
    Set<String> asked = new TreeSet<>(voters.get());
    members.others().forEach(member -> asked.add(member.id()));
    asked.remove(settings.memberId());
    return asked.stream()
        .map(reports::get)
        .allMatch(report -> report != null && report.maxFormat() >= format);
  }
}
