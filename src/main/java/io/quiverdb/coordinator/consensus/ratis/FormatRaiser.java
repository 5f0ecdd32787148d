// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the format of entries and snapshots once every member can read the next one, so that an
 * upgrade node by node is no outage. Leader-only; a round that comes too late is refused by its
 * term.
 */
final class FormatRaiser {
  private static final Logger LOG = LoggerFactory.getLogger(FormatRaiser.class);

  private final RatisSettings settings;
  private final KnownMembers members;
  private final int ownFormat;
  private final Supplier<Set<String>> voters;
  private final StateView view;
  private final CommandLog log;
  private final EnsembleClock time;

  /**
   * A raiser.
   *
   * @param voters the ids of those that vote: one that this member's configuration does not name
   *     cannot be asked, and holds the format back
   */
  FormatRaiser(
      RatisSettings settings,
      KnownMembers members,
      int ownFormat,
      Supplier<Set<String>> voters,
      StateView view,
      CommandLog log,
      Clock clock) {
    this.settings = settings;
    this.members = members;
    this.voters = voters;
    this.ownFormat = ownFormat;
    this.view = view;
    this.log = log;
    this.time = new EnsembleClock(settings.memberId(), clock, System::nanoTime, view);
  }

  /** One round, with what the others have just said of themselves. */
  void look(Leadership.View leading, Map<String, MemberReport> reports) {
    int next = view.current().state().format() + 1;
    if (ownFormat < next || !everyoneReads(next, reports)) {
      return;
    }
    Stamp stamp = time.stamp(Stamp.SYSTEM);
    var unused =
        log.submit(Proposal.of(stamp, new Command.RaiseFormat(next, leading.term())))
            .thenAccept(answer -> LOG.info("every member reads format {}: {}", next, answer));
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
